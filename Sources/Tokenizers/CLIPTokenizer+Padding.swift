// Padding with another token than the vocabulary's files say.

extension CLIPTokenizer {
    /// The same tokenizer that fills up with the token `id`.
    ///
    /// OpenAI's encoder was trained on padding with the end token, OpenCLIP's on token 0, and both share a vocabulary.
    /// - Precondition: `id` is one of the vocabulary's.
    public func padded(with id: Int) -> CLIPTokenizer {
        precondition((0..<vocabularySize).contains(id), "padding \(id) of \(vocabularySize) tokens")
        var copy = self
        copy.paddingID = id
        return copy
    }
}
