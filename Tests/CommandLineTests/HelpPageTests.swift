// Help pages compared whole with the ones that are kept beside this file.
//
// To renew them after a change that is meant: LATHE_RENEW_HELP=1 swift test --filter HelpPageTests

import Foundation
import Testing

@Suite struct HelpPageTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Help")
        .path

    /// The page of a command as it is printed on a terminal of 100 columns.
    private func page(_ command: [String]) throws -> String {
        let outcome = try Program.run(command + ["--help"], environment: ["COLUMNS": "100"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(command): \(outcome.errors)")
        return outcome.output
    }

    /// The names below SUBCOMMANDS, which are indented by two.
    private func subcommands(of page: String) -> [String] {
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasSuffix("SUBCOMMANDS:") }) else { return [] }
        return lines[(start + 1)...].prefix { !$0.isEmpty }.compactMap { line in
            guard line.hasPrefix("  "), !line.hasPrefix("   ") else { return nil }
            return line.dropFirst(2).split(separator: " ").first.map(String.init)
        }
    }

    /// All pages by the name of the file that keeps them.
    private func pages() throws -> [String: String] {
        var result: [String: String] = [:]
        var open: [[String]] = [[]]
        while let command = open.popLast() {
            let page = try page(command)
            result[(["lathe"] + command).joined(separator: "-") + ".txt"] = page
            open += subcommands(of: page).filter { $0 != "help" }.map { command + [$0] }
        }
        return result
    }

    @Test func everyHelpPageIsTheOneThatIsKept() throws {
        let pages = try pages()
        #expect(pages.count > UsageTests.commands.count)
        for (name, page) in pages {
            let root = Program.packageRoot.path
            #expect(!page.contains(root) && !page.contains(NSHomeDirectory()), "\(name) names a folder")
        }
        let manager = FileManager.default
        if ProcessInfo.processInfo.environment["LATHE_RENEW_HELP"] == "1" {
            try? manager.removeItem(atPath: Self.folder)
            try manager.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
            for (name, page) in pages {
                try page.write(toFile: "\(Self.folder)/\(name)", atomically: true, encoding: .utf8)
            }
        }
        let kept = try manager.contentsOfDirectory(atPath: Self.folder).sorted()
        #expect(kept == pages.keys.sorted())
        for name in kept {
            let old = try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8)
            guard let new = pages[name], old != new else { continue }
            let (a, b) = (old.split(separator: "\n"), new.split(separator: "\n"))
            let first = zip(a, b).first { $0 != $1 }
            Issue.record(
                """
                \(name) has changed; see the head of this file for how to renew it.
                kept: \(first?.0 ?? "\(a.count) lines")
                now:  \(first?.1 ?? "\(b.count) lines")
                """)
        }
    }
}
