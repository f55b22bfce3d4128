// The one error type: codes, one line, digests.

import Foundation
import Lathe
import Testing

@Suite struct ErrorTests {
    @Test func messagesAreOneLine() {
        #expect(LatheError(.badInput, "a\nb\r\nc").message == "a b c")
    }

    @Test func codesAreTheExitCodesOfTheProgram() {
        #expect(LatheError.Code.allCases.map(\.rawValue) == [2, 3, 4, 130])
    }

    @Test func digestsAreSHA256() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("abc", "abc")
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try Digest.sha256(ofFile: path) == expected)
        #expect(Digest.sha256(of: Array("abc".utf8)) == expected)
        #expect(throws: LatheError.self) { try Digest.sha256(ofFile: folder.path + "/none") }
    }

    @Test func modelFoldersThatAreMissingAreNamedWithTheirOption() throws {
        let folder = try TemporaryFolder()
        let set = ModelSet(root: folder.path, overrides: [.captioner: "/nowhere"])
        let error = #expect(throws: LatheError.self) { try set.folder(of: .segmenter) }
        #expect(error?.code == .modelUnusable)
        #expect(error?.message.contains("--segmenter") == true)
        let other = #expect(throws: LatheError.self) { try set.folder(of: .captioner) }
        #expect(other?.message.contains("/nowhere") == true)
        #expect(throws: LatheError.self) { try ModelSet(root: nil).folder(of: .diffusion) }
    }
}
