// Encoding of prompts: weights, and prompts longer than the text encoder's context.

public import Arrays
import Autograd
import CLIP
import Tokenizers

/// A prompt and its negative prompt as condition tokens of equal length.
public struct EncodedPrompts: Sendable {
    /// `[1, parts · length, width]`.
    public let condition: NDArray
    /// Same shape; nil without guidance.
    public let unconditional: NDArray?
    /// Notes for the user on how the prompts were interpreted, one per line.
    public let notes: [String]
}

extension DiffusionPipeline {
    /// Encodes a prompt and, for guidance, its negative prompt.
    ///
    /// Nothing is truncated: a prompt with more tokens than the text encoder takes (75 for Stable Diffusion) is
    /// encoded in parts of that many, each with its own begin and end tokens, and the results are concatenated; the
    /// shorter of both prompts is padded with empty parts. diffusers truncates such prompts; up to that length both
    /// agree.
    ///
    /// A token's vector is multiplied by its piece's weight, and then all vectors of a prompt by the factor that
    /// restores their mean, as AUTOMATIC1111 (`sd_hijack_clip.py`) and diffusers' `lpw_stable_diffusion.py` do; if
    /// weights change the sign of the mean, the second step is skipped. Begin, end and padding have weight 1.
    public func encode(_ prompt: String, negative: String?, grammar: PromptGrammar) -> EncodedPrompts {
        let asked = WeightedTokens(prompt, grammar, self)
        let unwanted = negative.map { WeightedTokens($0, grammar, self) }
        let parts = max(asked.parts, unwanted?.parts ?? 1)
        let notes = [asked.note(on: "prompt"), unwanted?.note(on: "negative prompt")]
        let remarks =
            grammar.remarks(on: prompt, name: "prompt")
            + (negative.map { grammar.remarks(on: $0, name: "negative prompt") } ?? [])
        // A learned word has no effect unless it is said.
        let unsaid = tokenizer.learnedWords.filter { word in
            !asked.contains(word.id) && !(unwanted?.contains(word.id) ?? false)
        }.map { "no prompt holds '\($0.text)', the word of an embedding, which therefore has no effect" }
        return EncodedPrompts(
            condition: vectors(of: asked, parts: parts),
            unconditional: unwanted.map { vectors(of: $0, parts: parts) },
            notes: notes.compactMap(\.self) + remarks + unsaid)
    }

    private func vectors(of tokens: WeightedTokens, parts: Int) -> NDArray {
        let rows = (0..<parts).map { tokens.part($0, tokenizer: self) }
        let plain = textEncoder(rows.map(\.ids)).tokens.value
        let (length, width) = (plain.shape[1], plain.shape[2])
        let joined = plain.reshaped([1, parts * length, width])
        let weights = rows.flatMap(\.weights)
        guard weights.contains(where: { $0 != 1 }) else { return joined }
        let weighted = joined * NDArray(weights, shape: [1, parts * length, 1])
        let ratio = joined.total() / weighted.total()
        return ratio.isFinite && ratio > 0 ? weighted * Float(ratio) : weighted
    }
}

/// The tokens of a prompt and their weights, without begin and end.
private struct WeightedTokens {
    private let ids: [Int]
    private let weights: [Float]
    /// Maximum number of tokens per part, without begin and end.
    private let capacity: Int

    init(_ prompt: String, _ grammar: PromptGrammar, _ pipeline: DiffusionPipeline) {
        capacity = pipeline.textEncoder.configuration.positionCount - 2
        var (ids, weights): ([Int], [Float]) = ([], [])
        for piece in grammar.pieces(of: prompt) {
            let tokens = pipeline.tokenizer.tokenIDs(piece.text).dropFirst().dropLast()
            ids += tokens
            weights += tokens.map { _ in piece.weight }
        }
        (self.ids, self.weights) = (ids, weights)
    }

    var parts: Int { max(1, (ids.count + capacity - 1) / capacity) }

    func contains(_ id: Int) -> Bool { ids.contains(id) }

    func note(on name: String) -> String? {
        guard parts > 1 else { return nil }
        return
            "the \(name) has \(ids.count) tokens and the text encoder reads \(capacity) at once: it was read in \(parts) parts"
    }

    /// Part `index` with begin, end and padding; empty beyond the last.
    func part(_ index: Int, tokenizer pipeline: DiffusionPipeline) -> (ids: [Int], weights: [Float]) {
        let range = min(index * capacity, ids.count)..<min((index + 1) * capacity, ids.count)
        let tokenizer = pipeline.tokenizer
        let padding = capacity - range.count
        return (
            [tokenizer.beginID] + ids[range] + [tokenizer.endID]
                + Array(repeating: tokenizer.paddingID, count: padding),
            [1] + weights[range] + [1] + Array(repeating: 1, count: padding)
        )
    }
}
