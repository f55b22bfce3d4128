// The manual page, made of the parser's own description of the commands.

import Foundation
import Lathe

/// `lathe.1` in the macros of man(7).
struct ManualPage {
    private let root: CommandDescription

    init(_ root: CommandDescription) { self.root = root }

    /// The page as roff text.
    var text: String {
        var lines = [
            ".TH LATHE 1 \"\" \"lathe \(LatheVersion.current)\" \"\"", ".SH NAME",
            "lathe \\- \(escaped(root.abstract ?? ""))", ".SH SYNOPSIS", ".B lathe", ".I command",
            "[options]",
            ".SH DESCRIPTION",
        ]
        lines += paragraphs(root.discussion)
        lines.append(".SH COMMANDS")
        for command in root.subcommands ?? [] where command.commandName != "help" {
            lines += section(command, [root.commandName])
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ command: CommandDescription, _ path: [String]) -> [String] {
        let path = path + [command.commandName]
        let arguments = (command.arguments ?? []).filter { $0.shouldDisplay != false }
        let positional = arguments.filter { $0.kind == "positional" }.map { "<\($0.valueName ?? "value")>" }
        var lines = [".SS \(escaped((path + positional).joined(separator: " ")))"]
        lines += paragraphs(command.abstract) + paragraphs(command.discussion)
        for argument in arguments where !(argument.names(long: true).contains("help")) {
            lines += [".TP", ".B \(escaped(name(argument)))"] + filled(argument.abstract ?? "")
        }
        for inner in command.subcommands ?? [] where inner.commandName != "help" {
            lines += section(inner, path)
        }
        return lines
    }

    /// `-o, --output <dir>`, or `<in>`.
    private func name(_ argument: CommandDescription.Argument) -> String {
        let value = "<\(argument.valueName ?? "value")>"
        guard argument.kind != "positional" else { return value }
        let names =
            argument.names(long: false).map { "-\($0)" } + argument.names(long: true).map { "--\($0)" }
        return names.joined(separator: ", ") + (argument.takesValue ? " \(value)" : "")
    }

    /// Lines that are indented stay as they are, the others are filled.
    private func paragraphs(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.components(separatedBy: "\n\n").flatMap { paragraph in
            let isTable = paragraph.contains("\n  ") || paragraph.hasPrefix("  ")
            return isTable ? [".PP", ".nf"] + filled(paragraph) + [".fi"] : [".PP"] + filled(paragraph)
        }
    }

    private func filled(_ text: String) -> [String] {
        text.split(separator: "\n").map { escaped(String($0)) }
    }

    /// Text in which no letter is an instruction.
    private func escaped(_ text: String) -> String {
        let plain = text.replacingOccurrences(of: "\\", with: "\\e").replacingOccurrences(
            of: "-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
    }
}
