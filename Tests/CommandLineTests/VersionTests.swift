// `lathe --version` names the version and the commit of the build.

import Foundation
import Testing

@Suite struct VersionTests {
    private static let log: URL? = {
        let git = Program.packageRoot.appending(path: ".git")
        var folder = git
        if let text = try? String(contentsOf: git, encoding: .utf8), text.hasPrefix("gitdir: ") {
            folder = URL(filePath: text.dropFirst(8).trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let log = folder.appending(path: "logs/HEAD")
        return FileManager.default.fileExists(atPath: log.path) ? log : nil
    }()

    private func version() throws -> String {
        let outcome = try Program.run(["--version"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.hasSuffix("\n"))
        return String(outcome.output.dropLast())
    }

    @Test(.enabled(if: log == nil, "built in a git repository"))
    func outsideARepositoryTheVersionIsAlone() throws {
        #expect(try version().wholeMatch(of: /lathe \d+\.\d+\.\d+/) != nil)
    }

    /// The commit has been checked out here: the log of the repository names it.
    @Test(.enabled(if: log != nil, "not built in a git repository"))
    func theVersionNamesACommitOfTheRepository() throws {
        let match = try #require(
            try version().wholeMatch(of: /lathe \d+\.\d+\.\d+ \((v[0-9.]+-\d+-g)?([0-9a-f]{7,40})\)/))
        let log = try String(contentsOf: try #require(Self.log), encoding: .utf8)
        let commits = log.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
        #expect(commits.contains { $0.hasPrefix(match.2) }, "\(match.0)")
    }
}
