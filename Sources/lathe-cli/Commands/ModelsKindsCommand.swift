// `lathe models kinds`: which kinds of model are read, and by which option.

import ArgumentParser
import Lathe

struct ModelsKindsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinds", abstract: "Show which kinds of model are read, and by which option.")

    @Flag(help: "Print a Markdown table, as in the README.")
    var markdown = false

    @OptionGroup var common: CommonOptions

    /// A row as JSON.
    private struct Row: Encodable {
        let option: String
        let reads: String
        let example: String?
    }

    func run() throws {
        let console = try common.start()
        let rows = ReadableModel.all.map {
            Row(option: $0.option.flag, reads: "\($0.name), \($0.form.typed)", example: $0.example)
        }
        try console.result(json: rows)
        if markdown {
            for line in ["| Option | Reads | For example |", "|---|---|---|"] { try console.result(line) }
        }
        let width = rows.map(\.option.count).max() ?? 0
        for row in rows {
            let example = row.example.map { "`\($0)`" } ?? ""
            let option = row.option + String(repeating: " ", count: width - row.option.count)
            try console.result(
                markdown
                    ? "| `\(row.option)` | \(row.reads) | \(example) |"
                    : "\(option)  \(row.reads)" + (row.example.map { "; for example \($0)" } ?? ""))
        }
    }
}
