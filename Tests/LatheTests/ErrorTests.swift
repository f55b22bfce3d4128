// The one error type: codes, one line, digests.

import Foundation
import Lathe
import Testing

@Suite struct ErrorTests {
    @Test func messagesAreOneLine() {
        #expect(LatheError(.badInput, "a\nb\r\nc").message == "a b c")
    }

    @Test func messagesKeepTheOptionsThatTheyName() {
        let (limit, run) = (4, "Renders/cup")
        let part: LatheMessage = "\(.width) is\n\(limit); "
        let error = LatheError(
            .badInput, "\n\(part)" + "leave\(OptionName.height)out\("")\(.seed); \(resuming: run)\n")
        #expect(error.options == [.width, .height, .seed])
        #expect(
            error.message
                == "`width` is 4; leave`height`out`seed`; Lift(resuming: \"Renders/cup\")")
        #expect("\(error)" == error.message)
        let shown = error.reason.spelled(option: { "-\($0.rawValue)" }, resumption: { "again \($0)" })
        #expect(shown == "-width is 4; leave-heightout-seed; again Renders/cup")
        #expect(
            error.reason.parts == [
                .option(.width), .text(" is 4; leave"), .option(.height), .text("out"), .option(.seed),
                .text("; "), .resumption(run: run),
            ])
    }

    @Test func resultsWithMessagesAreReadBack() throws {
        let message: LatheMessage = "\(.segmenter), as it is"
        let data = try LatheJSON.encode(message)
        #expect(try JSONDecoder().decode(LatheMessage.self, from: data) == message)
    }

    @Test func partsOfASetNameTheirOption() {
        for part in ModelSet.Part.allCases {
            #expect(part.option.rawValue == (part == .viewPrior ? "viewPrior" : part.rawValue))
        }
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
        #expect(error?.options == [.models, .segmenter])
        let other = #expect(throws: LatheError.self) { try set.folder(of: .captioner) }
        #expect(other?.message.contains("/nowhere") == true)
        #expect(throws: LatheError.self) { try ModelSet(root: nil).folder(of: .diffusion) }
    }
}
