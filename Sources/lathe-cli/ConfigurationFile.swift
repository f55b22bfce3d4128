// `--config FILE`: a YAML file of option values, unfolded into arguments before they are parsed.

import Lathe

/// Turns the values of a configuration file into arguments, so that they pass the same checks.
enum ConfigurationFile {
    /// Older spellings of options, and the names that they have now.
    private static let aliases = ["sam": "segmenter", "negative": "negative-prompt", "sample": "count"]

    /// Replaces `-c FILE` or `--config FILE` by the options that the file holds and that the command line does not give.
    /// - Parameter describe: gives the commands and their options, which the file's keys are compared with.
    /// - Throws: `LatheError` (`badInput`) if the file cannot be read, is not a mapping of options, or holds a key that is
    ///   no option of the command.
    static func expand(
        _ arguments: [String], describe: () -> CommandDescription?
    ) throws -> [String] {
        let joined = "--config="
        guard
            let position = arguments.firstIndex(where: {
                $0 == "-c" || $0 == "--config" || $0.hasPrefix(joined)
            }), !arguments[..<position].contains("--")
        else { return arguments }
        var given = arguments
        let path: String
        if arguments[position].hasPrefix(joined) {
            path = String(arguments[position].dropFirst(joined.count))
            given.remove(at: position)
        } else {
            guard position + 1 < arguments.count else { return arguments }
            path = arguments[position + 1]
            given.removeSubrange(position...position + 1)
        }
        let description = describe()
        let names = Set(
            given.filter { $0.hasPrefix("--") }.map { current(String($0.dropFirst(2).prefix { $0 != "=" })) })
        var added: [String] = []
        for entry in try OptionFile.load(path) {
            try check(entry, path, description, arguments)
            guard !names.contains(current(entry.name)) else { continue }
            switch entry.value {
            case .flag(true): added.append("--\(entry.name)")
            case .flag(false): continue
            case .values(let values): added += values.flatMap { ["--\(entry.name)", $0] }
            }
        }
        let end = given.firstIndex(of: "--") ?? given.endIndex
        given.insert(contentsOf: added, at: end)
        return given
    }

    /// Refuses a key that the command has no option for, with its line and the nearest option.
    private static func check(
        _ entry: OptionFile, _ path: String, _ description: CommandDescription?, _ arguments: [String]
    ) throws {
        guard let (command, words, _) = description?.leaf(arguments), command.subcommands?.isEmpty ?? true
        else {
            return
        }
        let known = command.longNames
        guard !known.isEmpty, !known.contains(entry.name) else { return }
        let near = NearestName.find(entry.name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw LatheError(
            .badInput,
            "\(path), line \(entry.line): \(words.joined(separator: " ")) has no option '\(entry.name)'\(near)"
        )
    }

    private static func current(_ name: String) -> String { aliases[name] ?? name }
}
