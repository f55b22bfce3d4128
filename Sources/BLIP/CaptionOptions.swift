// How a caption is searched for.

/// Settings of caption generation; the defaults are those published for BLIP's captioners.
public struct CaptionOptions: Sendable, Hashable {
    /// How the next word is chosen.
    public enum Method: Sendable, Hashable {
        /// The likeliest word each time.
        case greedy
        /// The likeliest of several captions grown side by side.
        case beams(Int)
        /// A random word among the likeliest 50 that together make up probability `topP`.
        case nucleus(topP: Float, seed: UInt64, sample: UInt64)
    }

    /// The words the caption continues; they are not part of its text.
    public var prompt: String
    public var method: Method
    /// Least number of tokens, begin token and prompt included.
    public var minimumLength: Int
    /// Most tokens, begin token, prompt and end token included.
    public var maximumLength: Int
    /// Divides the score of words already said; 1 changes nothing.
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

/// A caption and how likely the model finds it.
public struct Caption: Sendable, Hashable {
    /// The words after the prompt.
    public let text: String
    /// All token ids: begin token, prompt, words, and the end token if it was reached.
    public let ids: [Int]
    /// Mean log-probability of the generated tokens.
    public let score: Float
}
