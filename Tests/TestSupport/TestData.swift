// Where optional test data lies, and folders for tests to write in.

import Foundation

/// The folder of photographs, meshes and damaged files that some tests read.
///
/// It is not part of the repository: `LATHE_TEST_DATA` names it, else it is looked for beside the package.
package enum TestData {
    package static let absent = "the test data folder is absent; set LATHE_TEST_DATA"

    /// The folder's path, or nil where it is absent.
    package static let folder: String? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path =
            ProcessInfo.processInfo.environment["LATHE_TEST_DATA"]
            ?? package.deletingLastPathComponent().appending(path: "shared/data").path
        return FileManager.default.fileExists(atPath: path + "/bad/expected.json") ? path : nil
    }()

    package static var isPresent: Bool { folder != nil }

    /// What must happen to a damaged file.
    package struct Expectation: Decodable, Sendable {
        package let expect: String
        package let level: String
        package let why: String
    }

    /// The files under `bad/` whose name starts with `prefix`, with what must happen, sorted by name.
    package static func bad(_ prefix: String) throws -> [(path: String, expectation: Expectation)] {
        guard let folder else { return [] }
        let table = try JSONDecoder().decode(
            [String: Expectation].self, from: Data(contentsOf: URL(filePath: folder + "/bad/expected.json")))
        return table.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
            .map { (folder + "/bad/" + $0.key, $0.value) }
    }
}

/// Calls `body` with an empty folder that is removed afterwards.
package func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lathe-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

/// The bytes of a file.
package func fileBytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

/// Names in a folder, hidden ones included, sorted.
package func folderContents(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}
