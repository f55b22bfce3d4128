// Every numeric option of every command with values that no one means: refused in one line or done, never a trap.

import Foundation
import Images
import Testing

@Suite struct OptionSweepTests {
    /// The parser's own description of a command (`--experimental-dump-help`).
    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }
            let kind: String
            let names: [Name]?
            let valueName: String?
            let isOptional: Bool?
            let defaultValue: String?
        }
        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Command]?
    }

    private struct Dump: Decodable { let command: Command }

    private static let values = [
        "nan", "inf", "-inf", "0", "-1", "9223372036854775807", "1e308", "",
        String(repeating: "9", count: 5000),
    ]

    /// How many runs; more by LATHE_SWEEP_RUNS.
    private static let runs =
        ProcessInfo.processInfo.environment["LATHE_SWEEP_RUNS"].flatMap { Int($0) } ?? 250

    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try Image(width: 12, height: 10, color: [0.2, 0.4, 0.6]).savePNG(scratch.path("photo.png"))
    }

    /// Commands without commands of their own, each with the words that name it.
    private func leaves(_ command: Command, _ path: [String]) -> [(path: [String], command: Command)] {
        guard let inner = command.subcommands, !inner.isEmpty else { return [(path, command)] }
        return inner.filter { $0.commandName != "help" }.flatMap { leaves($0, path + [$0.commandName]) }
    }

    @Test func valuesThatNobodyMeansAreRefusedOrTaken() throws {
        let outcome = try Program.run(["--experimental-dump-help"])
        let root = try JSONDecoder().decode(Dump.self, from: Data(outcome.output.utf8)).command
        var cases: [[String]] = []
        for (path, command) in leaves(root, []) where path != ["bench"] {
            let arguments = command.arguments ?? []
            func spelling(_ argument: Command.Argument) -> String? {
                argument.names?.first { $0.kind == "long" }.map { "--\($0.name)" }
            }
            let positional = arguments.filter { $0.kind == "positional" && $0.isOptional != true }
                .map { _ in scratch.path("photo.png") }
            let required = arguments.filter {
                $0.kind == "option" && $0.isOptional != true && $0.defaultValue == nil
            }
            // Selections and outputs that let a command come to its numbers; what it needs besides is refused by name.
            let given = required.compactMap(spelling).filter { $0 != "--output" }.flatMap { [$0, "views"] }
            let output =
                arguments.contains { spelling($0) == "--output" } ? ["--output", scratch.path("out")] : []
            for option in arguments where option.kind == "option" && spelling(option) != "--output" {
                guard let name = spelling(option) else { continue }
                for value in Self.values {
                    cases.append(path + positional + given + output + ["--quiet", "\(name)=\(value)"])
                }
            }
        }
        #expect(cases.count > 500)
        // A different part of all cases each day would hide a fault; every n-th covers all commands.
        let step = max(1, cases.count / Self.runs)
        for arguments in stride(from: 0, to: cases.count, by: step).map({ cases[$0] }) {
            let outcome = try Program.run(arguments, in: scratch.folder)
            let shown = arguments.map { $0.count > 60 ? "\($0.prefix(60))…" : $0 }.joined(separator: " ")
            #expect(
                [0, 2, 3].contains(outcome.status), "\(outcome.status): lathe \(shown)\n\(outcome.errors)")
            #expect(outcome.status == 0 || outcome.errorLines.count == 1, "lathe \(shown)\n\(outcome.errors)")
            try? FileManager.default.removeItem(atPath: scratch.path("out"))
        }
    }
}
