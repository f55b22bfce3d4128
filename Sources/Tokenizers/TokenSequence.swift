// What encoding a text gives: ids brought to a fixed length, and the text that did not fit.

/// Token ids padded or cut to a fixed length.
public struct TokenSequence: Sendable, Hashable {
    /// Ids, begin and end tokens included, `[length]`.
    public let ids: [Int]
    /// 1 for a token, 0 for padding, `[length]`.
    public let attentionMask: [Int]
    /// The tail of the text that did not fit, as the model would have read it; nil when everything fitted.
    public let droppedText: String?
}
