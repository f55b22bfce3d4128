// Words added to the vocabulary by textual inversion.

extension CLIPTokenizer {
    /// The tokenizer with a new word of `count` tokens.
    ///
    /// The word is matched after normalisation and lower-casing. Its tokens are named `word`, `word_1`, `word_2`, …,
    /// and their ids follow the vocabulary, as in diffusers' `load_textual_inversion`.
    /// - Parameter path: the file of the word, for messages.
    /// - Returns: the tokenizer, and the ids of the word's tokens.
    /// - Throws: `TokenizerError` if the word is empty or the vocabulary contains it or one of its tokens.
    /// - Precondition: `count` is at least 1.
    public func adding(word: String, tokens count: Int, path: String) throws -> (CLIPTokenizer, Range<Int>) {
        precondition(count >= 1, "CLIPTokenizer.adding: \(count) tokens for \(word)")
        let ids = vocabularySize..<vocabularySize + count
        var (extended, added) = (self, specials.tokens)
        for (index, id) in ids.enumerated() {
            let name = index == 0 ? word : "\(word)_\(index)"
            let content = Self.normalize(Array(name.unicodeScalars))
            guard content.contains(where: { !$0.isSpace }) else {
                throw TokenizerError(path, "the new word is empty")
            }
            guard vocabulary.id(of: name) == nil, !added.contains(where: { $0.content == content }) else {
                throw TokenizerError(
                    path, "the word \(quoted(Bytes(name.utf8))) is in the vocabulary already; choose another")
            }
            try extended.vocabulary.add(Bytes(name.utf8), id: id, path: path)
            added.append(
                SpecialToken(
                    content: content, id: id, isSpecial: false, isNormalized: true, stripsLeft: false,
                    stripsRight: false))
        }
        extended.specials = SpecialTokenTable(added)
        extended.learnedWords.append((word, ids.lowerBound))
        if count > 1 { extended.expansions[ids.lowerBound] = Array(ids) }
        return (extended, ids)
    }
}
