// Option values from a YAML file, keyed by the long names of the command line.

import Yams

/// One entry of an option file.
package struct OptionFile {
    /// The value of an option.
    package enum Value: Sendable, Hashable {
        case flag(Bool)
        /// One text per occurrence of the option.
        case values([String])
    }

    /// The long name without its dashes.
    package let name: String
    /// Its value.
    package let value: Value
    /// The line of the name in the file, from 1.
    package let line: Int

    /// Reads a file: a mapping from long option names to values.
    ///
    /// A list repeats the option; a list of
    /// numbers inside that list is one value, its numbers joined by commas. `point: [320, 240]` and
    /// `point: [[320, 240], [10, 12, "-"]]` are both understood.
    /// - Throws: `LatheError` (`badInput`) naming the file and what is wrong in it.
    package static func load(_ path: String) throws -> [OptionFile] {
        try parse(try Disk.readText(path), name: path)
    }

    static func parse(_ text: String, name file: String) throws -> [OptionFile] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw LatheError.badInput("\(file) is not YAML: \(error)")
        }
        guard let root else { return [] }
        guard let mapping = root.mapping else {
            throw LatheError.badInput("\(file) must hold a mapping such as 'preset: draft'")
        }
        return try mapping.map { name, node in
            let line = name.mark?.line ?? 1
            guard let key = name.string, let first = key.first, first != "-",
                key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" })
            else {
                throw LatheError.badInput(
                    "\(file), line \(line) holds a key that is no option name; use long names without dashes")
            }
            return OptionFile(
                name: key, value: try value(of: node, key: key, file: "\(file), line \(line)"), line: line)
        }
    }

    private static func value(of node: Node, key: String, file: String) throws -> Value {
        if let flag = node.bool, node.tag.description.hasSuffix(":bool") { return .flag(flag) }
        if let text = node.scalar?.string { return .values([text]) }
        if let settings = node.mapping {
            return .values(
                try settings.map { key, value in
                    guard let name = key.string, let text = value.scalar?.string else {
                        throw LatheError.badInput("\(file): '\(key)' needs plain values")
                    }
                    return "\(name)=\(text)"
                })
        }
        guard let items = node.sequence, !items.isEmpty else {
            throw LatheError.badInput("\(file): '\(key)' needs a value")
        }
        let isOneTuple =
            items.allSatisfy { $0.scalar != nil } && items.first.flatMap { Float($0.string ?? "") } != nil
        if isOneTuple { return .values([try joined(items, key: key, file: file)]) }
        return .values(
            try items.map { item in
                if let text = item.scalar?.string { return text }
                guard let parts = item.sequence else {
                    throw LatheError.badInput("\(file): '\(key)' needs a list of plain values")
                }
                return try joined(parts, key: key, file: file)
            })
    }

    private static func joined(_ items: some Sequence<Node>, key: String, file: String) throws -> String {
        try items.map { item in
            guard let text = item.scalar?.string else {
                throw LatheError.badInput("\(file): '\(key)' is nested too deep")
            }
            return text
        }.joined(separator: ",")
    }
}
