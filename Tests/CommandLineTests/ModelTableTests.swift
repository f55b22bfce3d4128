// The README's table of models compared with the one that the program prints.
//
// To renew it after a change that is meant: LATHE_RENEW_TABLE=1 swift test --filter ModelTableTests

import Foundation
import Testing

@Suite struct ModelTableTests {
    private static let (start, end) = ("<!-- lathe models kinds --markdown -->\n", "<!-- end -->")

    @Test func theTableOfTheReadmeIsWhatTheRegistryGives() throws {
        let outcome = try Program.run(["models", "kinds", "--markdown"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let path = Program.packageRoot.appending(path: "README.md")
        var text = try String(contentsOf: path, encoding: .utf8)
        let start = try #require(text.range(of: Self.start))
        let end = try #require(text.range(of: Self.end, range: start.upperBound..<text.endIndex))
        let table = start.upperBound..<end.lowerBound
        if ProcessInfo.processInfo.environment["LATHE_RENEW_TABLE"] != nil {
            text.replaceSubrange(table, with: outcome.output)
            try text.write(to: path, atomically: true, encoding: .utf8)
            Issue.record("the table was renewed; run again without LATHE_RENEW_TABLE")
            return
        }
        #expect(text[table] == outcome.output)
    }

    /// Options as in `--help`, kinds as where weights are refused.
    @Test func kindsAreListedAsTextAndJSON() throws {
        let lines = try Program.run(["models", "kinds"]).output.split(separator: "\n").map(String.init)
        #expect(
            lines.contains(
                "--segmenter   a SAM segmenter, as a folder with its config.json; for example facebook/sam-vit-base"
            ))
        let json = try Program.run(["models", "kinds", "--json"]).output
        let rows = try #require(
            JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: String]])
        #expect(rows.count == lines.count)
        let options = Set(rows.compactMap { $0["option"] })
        #expect(
            options == [
                "--segmenter", "--captioner", "--diffusion", "--inpainter", "--view-prior", "--lora",
                "--embedding", "--control",
            ])
        #expect(rows.contains { $0["option"] == "--inpainter" && $0["example"] == "big-lama" })
    }
}
