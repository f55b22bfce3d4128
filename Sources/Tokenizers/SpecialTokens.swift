// Special tokens in a text ("[MASK]", "<|endoftext|>"), which are matched before any other processing.

import Files

/// One entry of `added_tokens`.
struct SpecialToken: Sendable {
    let content: [Unicode.Scalar]
    let id: Int
    /// Dropped by `decode(skippingSpecialTokens:)`.
    let isSpecial: Bool
    /// Matched in the normalised text rather than in the text as given.
    let isNormalized: Bool
    /// Includes the white space before (or after) it.
    let stripsLeft: Bool
    let stripsRight: Bool
}

/// A piece of ordinary text, or a special token in it.
enum TextPiece: Sendable {
    case text([Unicode.Scalar])
    case special(Int)
}

/// Finds special tokens, leftmost first and longest among equals.
struct SpecialTokenTable: Sendable {
    private(set) var tokens: [SpecialToken] = []
    private(set) var specialIDs: Set<Int> = []
    private var byFirst: [Bool: [Unicode.Scalar: [SpecialToken]]] = [:]

    init(_ tokens: [SpecialToken]) {
        for token in tokens where !token.content.isEmpty {
            self.tokens.append(token)
            if token.isSpecial { specialIDs.insert(token.id) }
            byFirst[token.isNormalized, default: [:]][token.content[0], default: []].append(token)
        }
    }

    /// Splits the raw text at verbatim tokens, normalises the rest, and splits that at normalised tokens.
    func split(
        _ scalars: [Unicode.Scalar], normalizing normalize: ([Unicode.Scalar]) -> [Unicode.Scalar]
    ) -> [TextPiece] {
        cut(scalars, normalized: false).flatMap { piece -> [TextPiece] in
            guard case .text(let text) = piece else { return [piece] }
            return cut(normalize(text), normalized: true)
        }
    }

    private func cut(_ scalars: [Unicode.Scalar], normalized: Bool) -> [TextPiece] {
        guard let table = byFirst[normalized] else { return [.text(scalars)] }
        var pieces: [TextPiece] = []
        var start = 0
        var position = 0
        while position < scalars.count {
            let match = table[scalars[position]]?
                .filter { scalars[position...].starts(with: $0.content) }
                .max { $0.content.count < $1.content.count }
            guard let match else {
                position += 1
                continue
            }
            var end = position
            if match.stripsLeft { while end > start, scalars[end - 1].isSpace { end -= 1 } }
            if end > start { pieces.append(.text(Array(scalars[start..<end]))) }
            pieces.append(.special(match.id))
            position += match.content.count
            if match.stripsRight {
                while position < scalars.count, scalars[position].isSpace { position += 1 }
            }
            start = position
        }
        if start < scalars.count { pieces.append(.text(Array(scalars[start...]))) }
        return pieces
    }
}

/// Reads `added_tokens` of a `tokenizer.json`.
func readAddedTokens(_ document: JSONValue, path: String) throws -> [SpecialToken] {
    guard case .array(let entries)? = document["added_tokens"] else { return [] }
    return try entries.map { entry in
        guard let content = entry["content"]?.text, let id = entry["id"]?.integer else {
            throw TokenizerError(path, "an entry of added_tokens lacks content or id")
        }
        guard entry["single_word"]?.boolean != true else {
            throw TokenizerError(
                path,
                "added token \(quoted(Bytes(content.utf8))) asks for single_word, which is not supported")
        }
        return SpecialToken(
            content: Array(content.unicodeScalars), id: id,
            isSpecial: entry["special"]?.boolean ?? false,
            isNormalized: entry["normalized"]?.boolean ?? false,
            stripsLeft: entry["lstrip"]?.boolean ?? false,
            stripsRight: entry["rstrip"]?.boolean ?? false)
    }
}
