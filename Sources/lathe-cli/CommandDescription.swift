// The parser's own description of the commands and their options.

import ArgumentParser
import Foundation

/// A command with its options and its own commands, as `--experimental-dump-help` prints it.
struct CommandDescription: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let isOptional: Bool?
        let defaultValue: String?
        let shouldDisplay: Bool?

        /// Whether a value follows the name.
        var takesValue: Bool { kind == "option" }

        /// Names without dashes: all of two dashes, or of one.
        func names(long: Bool) -> [String] {
            (names ?? []).filter { ($0.kind == "long") == long }.map(\.name)
        }
    }

    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [CommandDescription]?

    private struct Dump: Decodable { let command: CommandDescription }

    /// - Returns: nil if the parser's description has another form than expected.
    init?(of root: (some ParsableCommand).Type) {
        guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(root._dumpHelp().utf8)) else {
            return nil
        }
        self = dump.command
    }

    /// The long names of all options and flags.
    var longNames: [String] { (arguments ?? []).flatMap { $0.names(long: true) } }

    /// The command that arguments name, the words that name it, and the arguments after them.
    func leaf(_ arguments: [String]) -> (
        command: CommandDescription, path: [String], rest: ArraySlice<String>
    ) {
        var (command, path, rest) = (self, [commandName], arguments[...])
        while let name = rest.first, let next = command.subcommands?.first(where: { $0.commandName == name })
        {
            (command, rest) = (next, rest.dropFirst())
            path.append(name)
        }
        return (command, path, rest)
    }

    /// The option or flag of an argument such as `--name`, `--name=value` or `-n`; nil for other arguments.
    func option(_ argument: String) -> Argument? {
        guard argument.hasPrefix("-"), argument.count > 1 else { return nil }
        let isLong = argument.hasPrefix("--")
        let name = String(argument.drop { $0 == "-" }.prefix { $0 != "=" })
        return arguments?.first { $0.names(long: isLong).contains(name) }
    }
}
