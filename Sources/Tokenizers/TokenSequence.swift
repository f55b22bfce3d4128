// The result of encoding: ids of a fixed length, and the text that was truncated.

/// Token ids padded or truncated to a fixed length.
public struct TokenSequence: Sendable, Hashable {
    /// Ids including begin and end tokens, `[length]`.
    public let ids: [Int]
    /// 1 for a token, 0 for padding, `[length]`.
    public let attentionMask: [Int]
    /// The truncated end of the text, after normalisation; nil if everything fitted.
    public let droppedText: String?
}
