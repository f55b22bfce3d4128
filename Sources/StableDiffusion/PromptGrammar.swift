// Syntax of prompts: plain text, or text with weights.

import Foundation

/// Syntax of prompts.
public enum PromptGrammar: String, Sendable, CaseIterable, Codable {
    /// AUTOMATIC1111's: `(word)` has weight 1.1, `(word:1.3)` 1.3, `[word]` 1 / 1.1; nested brackets multiply, and
    /// `\(`, `\)`, `\[`, `\]`, `\\` are escapes.
    ///
    /// An unclosed bracket extends to the end of the prompt; an unmatched closing bracket is text, and so is a number
    /// without an opening round bracket.
    case weighted
    /// Plain text without syntax, as in diffusers.
    case plain

    /// The pieces of a prompt, each with its weight; adjacent pieces differ in weight.
    ///
    /// The empty prompt is one empty piece.
    public func pieces(of prompt: String) -> [PromptPiece] {
        switch self {
        case .plain: return [PromptPiece(text: prompt, weight: 1)]
        case .weighted:
            var reader = WeightedPromptReader(Array(prompt))
            return reader.pieces()
        }
    }
}

/// A part of a prompt with one weight.
public struct PromptPiece: Sendable, Hashable {
    public var text: String
    public var weight: Float

    public init(text: String, weight: Float) {
        self.text = text
        self.weight = weight
    }
}

/// Parses a prompt from left to right with a stack of open brackets.
private struct WeightedPromptReader {
    private static let roundFactor: Float = 1.1
    private static let squareFactor: Float = 1 / 1.1

    private let characters: [Character]
    private var position = 0
    private var found: [PromptPiece] = []
    private var openRound: [Int] = []
    private var openSquare: [Int] = []

    init(_ characters: [Character]) { self.characters = characters }

    mutating func pieces() -> [PromptPiece] {
        while position < characters.count {
            let character = characters[position]
            position += 1
            switch character {
            case "\\": escape()
            case "(": openRound.append(begin())
            case "[": openSquare.append(begin())
            case ")": close(openRound.popLast(), by: Self.roundFactor, or: character)
            case "]": close(openSquare.popLast(), by: Self.squareFactor, or: character)
            case ":":
                if let weight = closingWeight() {
                    close(openRound.popLast(), by: weight, or: character)
                } else {
                    append(character)
                }
            default: append(character)
            }
        }
        for start in openRound { weigh(from: start, by: Self.roundFactor) }
        for start in openSquare { weigh(from: start, by: Self.squareFactor) }
        return merged()
    }

    // MARK: Helpers

    /// Drops a backslash and keeps the character that it escapes.
    private mutating func escape() {
        guard position < characters.count, "()[]\\".contains(characters[position]) else { return }
        append(characters[position])
        position += 1
    }

    private mutating func append(_ character: Character) {
        if found.isEmpty { _ = begin() }
        found[found.count - 1].text.append(character)
    }

    /// Starts a piece and returns its index.
    private mutating func begin() -> Int {
        found.append(PromptPiece(text: "", weight: 1))
        return found.count - 1
    }

    /// Applies a weight to the contents of a bracket; an unmatched closing character is text.
    private mutating func close(_ start: Int?, by factor: Float, or character: Character) {
        guard let start else { return append(character) }
        weigh(from: start, by: factor)
        _ = begin()
    }

    private mutating func weigh(from start: Int, by factor: Float) {
        for index in start..<found.count { found[index].weight *= factor }
    }

    /// Parses `: number )` if a round bracket is open and moves `position` behind it.
    private mutating func closingWeight() -> Float? {
        guard !openRound.isEmpty, let end = characters[position...].firstIndex(of: ")") else { return nil }
        let text = String(characters[position..<end]).trimmingCharacters(in: .whitespaces)
        guard text.allSatisfy({ "+-.0123456789".contains($0) }), let weight = Float(text), weight.isFinite
        else {
            return nil
        }
        position = end + 1
        return weight
    }

    private func merged() -> [PromptPiece] {
        var result: [PromptPiece] = []
        for piece in found where !piece.text.isEmpty {
            if let last = result.indices.last, result[last].weight == piece.weight {
                result[last].text += piece.text
            } else {
                result.append(piece)
            }
        }
        return result.isEmpty ? [PromptPiece(text: "", weight: 1)] : result
    }
}
