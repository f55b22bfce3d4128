// The committed starter models are the files that their manifest names.

import Foundation
import Lathe
import Testing

@Suite struct StarterModelTests {
    private struct Manifest: Decodable {
        struct Entry: Decodable {
            var bytes: Int
            var sha256: String
        }

        var files: [String: Entry]
    }

    @Test func everyFileHasTheDigestOfTheManifest() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Models/starter").path
        let data = try Data(contentsOf: URL(fileURLWithPath: root + "/manifest.json"))
        let manifest = try JSONDecoder().decode(Manifest.self, from: data)
        for (name, entry) in manifest.files {
            #expect(try Digest.sha256(ofFile: "\(root)/\(name)") == entry.sha256, "\(name)")
        }
        var isFolder: ObjCBool = false
        let present = try FileManager.default.subpathsOfDirectory(atPath: root).filter {
            FileManager.default.fileExists(atPath: "\(root)/\($0)", isDirectory: &isFolder)
                && !isFolder.boolValue && $0 != "manifest.json"
        }
        #expect(Set(present) == Set(manifest.files.keys))
    }
}
