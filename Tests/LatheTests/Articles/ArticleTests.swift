// The articles of Lathe.docc show the code that the tests run.

import Foundation
import Testing

@Suite struct ArticleTests {
    private static let catalogue = EditBench.package.appending(path: "Sources/Lathe/Lathe.docc")
    private static let source = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "ArticleCodeTests.swift")

    private func lines(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    }

    /// The fenced Swift blocks of an article, in order.
    private func blocks(of article: String) throws -> [String] {
        var (blocks, open): ([String], [String]?) = ([], nil)
        for line in try lines(Self.catalogue.appending(path: "\(article).md")) {
            if let lines = open {
                open = line == "```" ? nil : lines + [line]
                if open == nil { blocks.append(lines.joined(separator: "\n")) }
            } else if line.hasPrefix("```") {
                #expect(line == "```swift", "\(article) has code that no test runs")
                open = []
            }
        }
        #expect(open == nil, "\(article) ends within a block")
        return blocks
    }

    /// What the test runs between the marks of an article, in order, without its indentation.
    private func tested(_ article: String) throws -> [String] {
        var (regions, open): ([String], [String]?) = ([], nil)
        for line in try lines(Self.source) {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text == "// [\(article) \(regions.count + 1)]" {
                open = []
            } else if let lines = open {
                open = text == "// [end]" ? nil : lines + [String(line.dropFirst(8))]
                if open == nil { regions.append(lines.joined(separator: "\n")) }
            }
        }
        return regions
    }

    @Test(arguments: ["Selecting", "Editing", "Lifting", "Training"])
    func codeOfArticlesIsTheTestedCode(article: String) throws {
        let (shown, run) = (try blocks(of: article), try tested(article))
        #expect(!shown.isEmpty && shown.count == run.count)
        for (shown, run) in zip(shown, run) { #expect(shown == run) }
    }

    @Test func everyArticleIsTestedAndListed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.catalogue.path)
        #expect(Set(files) == ["Lathe.md", "Selecting.md", "Editing.md", "Lifting.md", "Training.md"])
        let landing = try lines(Self.catalogue.appending(path: "Lathe.md"))
        for name in files where name != "Lathe.md" {
            #expect(landing.contains("- <doc:\(name.dropLast(3))>"))
            #expect(try lines(Self.source).contains { $0.contains("// [\(name.dropLast(3)) 1]") })
        }
    }
}
