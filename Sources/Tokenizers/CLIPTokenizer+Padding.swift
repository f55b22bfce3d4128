// Padding with another token than that of the vocabulary's files.

extension CLIPTokenizer {
    /// The same tokenizer with padding token `id`.
    ///
    /// OpenAI's encoder was trained with the end token as padding, OpenCLIP's with token 0, and both share a
    /// vocabulary.
    /// - Precondition: `id` is in the vocabulary.
    public func padded(with id: Int) -> CLIPTokenizer {
        precondition((0..<vocabularySize).contains(id), "padding \(id) of \(vocabularySize) tokens")
        var copy = self
        copy.paddingID = id
        return copy
    }
}
