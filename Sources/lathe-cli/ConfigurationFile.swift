// `--config FILE`: a YAML file of option values, unfolded into arguments before they are parsed.

import Lathe

/// Turns the values of a configuration file into arguments, so that they pass the same checks.
enum ConfigurationFile {
    /// Older spellings of options, and the names that they have now.
    private static let aliases = ["sam": "segmenter", "negative": "negative-prompt", "sample": "count"]

    /// Replaces `-c FILE` or `--config FILE` by the options that the file holds and that the command line does not give.
    /// - Throws: `LatheError` (`badInput`) if the file cannot be read or is not a mapping of options.
    static func expand(_ arguments: [String]) throws -> [String] {
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
        let names = Set(
            given.filter { $0.hasPrefix("--") }.map { current(String($0.dropFirst(2).prefix { $0 != "=" })) })
        var added: [String] = []
        for entry in try OptionFile.load(path) where !names.contains(current(entry.name)) {
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

    private static func current(_ name: String) -> String { aliases[name] ?? name }
}
