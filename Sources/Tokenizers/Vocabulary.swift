// Tokens and their ids.

import Files

/// A bijection between tokens (UTF-8 bytes) and ids from 0; ids may have gaps.
package struct Vocabulary: Sendable {
    private var ids: [Bytes: Int] = [:]
    private var tokens: [Bytes?] = []

    package init() {}

    /// One more than the largest id.
    package var count: Int { tokens.count }

    package func id(of token: Bytes) -> Int? { ids[token] }
    package func id(of token: String) -> Int? { ids[Bytes(token.utf8)] }
    package func token(_ id: Int) -> Bytes? { tokens.indices.contains(id) ? tokens[id] : nil }

    /// Adds an entry.
    ///
    /// Throws if the token or the id is used by another entry, or if the id is out of range.
    package mutating func add(_ token: Bytes, id: Int, path: String) throws {
        guard (0..<1 << 24).contains(id) else {
            throw TokenizerError(path, "token \(quoted(token)) has id \(id), which is out of range")
        }
        if let other = ids[token], other != id {
            throw TokenizerError(path, "token \(quoted(token)) appears twice, as \(other) and as \(id)")
        }
        if let other = self.token(id), other != token {
            throw TokenizerError(path, "id \(id) belongs to both \(quoted(other)) and \(quoted(token))")
        }
        ids[token] = id
        if id >= tokens.count {
            tokens.append(contentsOf: repeatElement(nil, count: id + 1 - tokens.count))
        }
        tokens[id] = token
    }

    /// Throws unless all `names` are present, listing the missing ones.
    package func require(_ names: [String], path: String) throws {
        let missing = names.filter { id(of: $0) == nil }
        guard missing.isEmpty else {
            throw TokenizerError(
                path,
                "\(missing.joined(separator: ", ")) missing: this is not a vocabulary of that kind of model")
        }
    }
}

/// A token in quotes for a message, truncated if long.
package func quoted(_ token: Bytes) -> String {
    String(decoding: token.prefix(40), as: UTF8.self).quotedForMessage
}
