// `-c FILE`: a YAML file of option values, unfolded into arguments before they are parsed.

import Lathe

/// Turns the values of a configuration file into arguments, so that they pass the same checks.
enum ConfigurationFile {
    /// Replaces `-c FILE` by the options that the file holds and that the command line does not give.
    /// - Throws: `LatheError` (`badInput`) if the file cannot be read or is not a mapping of options.
    static func expand(_ arguments: [String]) throws -> [String] {
        guard let position = arguments.firstIndex(of: "-c"),
            !arguments[..<position].contains("--"), position + 1 < arguments.count
        else { return arguments }
        let path = arguments[position + 1]
        var given = arguments
        given.removeSubrange(position...position + 1)
        let names = Set(given.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
        var added: [String] = []
        for entry in try OptionFile.load(path) where !names.contains("--\(entry.name)") {
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
}
