// Where the tokenizer fixtures and the optional shared data lie.

import Foundation

let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

/// The folder of full vocabularies and damaged files, nil where this checkout has none.
let sharedData: String? = {
    let beside = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data")
    let path = ProcessInfo.processInfo.environment["LATHE_TEST_DATA"] ?? beside.standardizedFileURL.path
    return FileManager.default.fileExists(atPath: path + "/text") ? path : nil
}()

func loadFixture<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: fixtures + "/" + name)))
}

/// A temporary folder that goes when the closure returns.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url.path)
}
