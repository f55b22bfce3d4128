// Image editing by prompt: attention maps that an edited run takes from the run of its source.

import Arrays
public import Tokenizers

/// A weighted word.
public struct WordWeight: Sendable, Hashable, Codable {
    public var word: String
    /// Factor of the word's attention maps; 1 changes nothing, 0 removes the word, negative values suppress it.
    public var factor: Float

    public init(word: String, factor: Float) {
        self.word = word
        self.factor = factor
    }

    /// Parses `word:2`.
    public init?(parsing text: String) {
        guard let mark = text.lastIndex(of: ":"), mark != text.startIndex,
            let factor = Float(text[text.index(after: mark)...]), factor.isFinite
        else { return nil }
        self.init(word: String(text[..<mark]), factor: factor)
    }
}

/// A source prompt and its edited form, as an attention edit for every step of a run.
///
/// The source and the edited image are denoised together from the same noise: entries 0 and 1 of the latents. Source:
/// Hertz et al. 2022, "Prompt-to-Prompt Image Editing with Cross-Attention Control", algorithm 1.
public struct PromptEdit: Sendable {
    /// The share of a run's steps, from the first, in which cross-attention is taken from the source.
    public var crossReplaceSteps: Float = 0.8
    /// The share of a run's steps, from the first, in which self-attention is taken from the source.
    public var selfReplaceSteps: Float = 0.4
    /// Self-attention is taken from the source in layers of at most this many pixels; finer ones affect texture, not
    /// layout.
    public var selfAttentionPixels = 256

    /// Number of images that are denoised together: source and edited one, or the edited one only.
    public var pictures: Int { replacement == nil ? 1 : 2 }

    private let replacement: AttentionEdit.Replacement?
    private let factors: NDArray?

    /// Prepares an edit.
    /// - Parameters:
    ///   - source: the prompt of the source image; nil only re-weights words, and then one image is denoised.
    ///   - prompt: the prompt of the edited image, plain text without weights in parentheses.
    ///   - weights: words of the edited prompt whose maps are scaled, in every step and for every occurrence.
    ///   - length: tokens of a condition; both prompts must fit without truncation.
    /// - Throws: `GenerationError` when a prompt is too long or a weighted word is not in the prompt.
    public init(
        from source: String?, to prompt: String, weights: [WordWeight] = [], tokenizer: CLIPTokenizer,
        length: Int = CLIPTokenizer.contextLength
    ) throws {
        let edited = try TokenizedPrompt(prompt, tokenizer, length: length)
        replacement = try source.map {
            try edited.replacement(from: TokenizedPrompt($0, tokenizer, length: length))
        }
        factors = weights.isEmpty ? nil : try edited.factors(weights, tokenizer)
    }

    /// The attention edit of a step.
    /// - Parameter step: from 0 to `total` - 1.
    /// - Returns: an edit of entry 1 after entry 0, or of entry 0 only without a source; nil if this step has no
    ///   edit.
    public func attention(at step: Int, of total: Int) -> AttentionEdit? {
        func isWithin(_ share: Float) -> Bool { Float(step) < share * Float(total) }
        guard let replacement else {
            return factors.map { AttentionEdit(source: nil, edited: 0, factors: $0) }
        }
        let cross = isWithin(crossReplaceSteps) ? replacement : nil
        let pixels = isWithin(selfReplaceSteps) ? selfAttentionPixels : 0
        guard cross != nil || pixels > 0 || factors != nil else { return nil }
        return AttentionEdit(
            source: 0, edited: 1, cross: cross, factors: factors, selfAttentionPixels: pixels)
    }
}

/// A prompt with the token range of each word.
private struct TokenizedPrompt {
    let text: String
    let words: [TokenizedWord]
    /// Tokens of a condition, padding included.
    let length: Int

    /// The position of the end token.
    var end: Int { words.last?.tokens.upperBound ?? 1 }

    init(_ text: String, _ tokenizer: CLIPTokenizer, length: Int) throws {
        (self.text, self.length) = (text, length)
        words = tokenizer.words(in: text)
        guard end < length else {
            throw GenerationError(
                description:
                    "editing by prompt takes at most \(length - 2) tokens; '\(text)' has \(end - 1)")
        }
    }

    /// The replacement of this prompt's maps by those of `source`.
    ///
    /// A word with as many tokens as its counterpart takes their maps one by one; otherwise each of its tokens takes
    /// the sum of the counterpart's maps divided by their number. Begin, end and padding take the maps of begin, end
    /// and padding; other words keep their own.
    func replacement(from source: TokenizedPrompt) -> AttentionEdit.Replacement {
        var mapping = [Float](repeating: 0, count: length * length)
        var own = [Float](repeating: 1, count: length)
        func take(_ edited: Int, from source: Int, _ share: Float = 1) {
            mapping[source * length + edited] = share
            own[edited] = 0
        }
        take(0, from: 0)
        for place in end..<length { take(place, from: min(source.end + place - end, length - 1)) }
        let alignment = WordAlignment(source: source.words.map(\.text), edited: words.map(\.text))
        for pair in alignment.pairs {
            let (from, to) = (source.words[pair.source].tokens, words[pair.edited].tokens)
            if from.count == to.count {
                for (place, partner) in zip(to, from) { take(place, from: partner) }
            } else {
                for place in to {
                    for partner in from { take(place, from: partner, 1 / Float(to.count)) }
                }
            }
        }
        return AttentionEdit.Replacement(
            mapping: NDArray(mapping, shape: [length, length]), own: NDArray(own, shape: [length]))
    }

    /// The factor of each token.
    func factors(_ weights: [WordWeight], _ tokenizer: CLIPTokenizer) throws -> NDArray {
        var factors = [Float](repeating: 1, count: length)
        for weight in weights {
            let sought = tokenizer.words(in: weight.word).map(\.text)
            let places = sought.isEmpty ? [] : words.map(\.text).ranges(of: sought)
            guard !places.isEmpty else {
                throw GenerationError(
                    description: "the word '\(weight.word)' to weight is not in the prompt '\(text)'")
            }
            guard weight.factor.isFinite else {
                throw GenerationError(
                    description: "\(weight.factor) is not a weight for the word '\(weight.word)'")
            }
            for token in places.flatMap({ $0.flatMap { words[$0].tokens } }) {
                factors[token] = weight.factor
            }
        }
        return NDArray(factors, shape: [length])
    }
}
