// Decoding options of captions.

/// Settings of caption generation; the defaults are those published for BLIP's captioners.
public struct CaptionOptions: Sendable, Hashable {
    /// Choice of the next token.
    public enum Method: Sendable, Hashable {
        /// The most likely token at each step.
        case greedy
        /// Beam search with the given number of beams.
        case beams(Int)
        /// Nucleus sampling: a random token among the 50 most likely, restricted to those that together reach
        /// probability `topP`.
        case nucleus(topP: Float, seed: UInt64, sample: UInt64)
    }

    /// The beginning of the caption; not part of its text.
    public var prompt: String
    public var method: Method
    /// Minimum number of tokens, including begin token and prompt.
    public var minimumLength: Int
    /// Maximum number of tokens, including begin token, prompt and end token.
    public var maximumLength: Int
    /// Divides the scores of tokens that have already occurred; 1 has no effect.
    public var repetitionPenalty: Float

    /// Published for beam search: a penalty of 1; for sampling, 1.1.
    public init(
        prompt: String = "a picture of ", method: Method = .beams(3), minimumLength: Int = 5,
        maximumLength: Int = 20,
        repetitionPenalty: Float? = nil
    ) {
        self.prompt = prompt
        self.method = method
        self.minimumLength = minimumLength
        self.maximumLength = maximumLength
        if case .nucleus = method {
            self.repetitionPenalty = repetitionPenalty ?? 1.1
        } else {
            self.repetitionPenalty = repetitionPenalty ?? 1
        }
    }
}

/// A caption and its score.
public struct Caption: Sendable, Hashable {
    /// The words after the prompt.
    public let text: String
    /// All token ids: begin token, prompt, words, and the end token if it was reached.
    public let ids: [Int]
    /// Mean log-probability of the generated tokens.
    public let score: Float
}
