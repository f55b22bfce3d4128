// Words taught after the vocabulary was made, by textual inversion.

extension CLIPTokenizer {
    /// The tokenizer with a new word that stands for `count` tokens, wherever it occurs in a text.
    ///
    /// The word is matched after the text is cleaned and lower-cased. Its tokens are called `word`, `word_1`,
    /// `word_2`, … and their ids continue the vocabulary, as diffusers' `load_textual_inversion` has it.
    /// - Parameter path: the file that the word comes from, for messages.
    /// - Returns: the tokenizer, and the ids of the word's tokens.
    /// - Throws: `TokenizerError` when the word is empty or the vocabulary has it, or one of its tokens, already.
    /// - Precondition: `count` is at least 1.
    public func adding(word: String, tokens count: Int, path: String) throws -> (CLIPTokenizer, Range<Int>) {
        precondition(count >= 1, "CLIPTokenizer.adding: \(count) tokens for \(word)")
        let ids = vocabularySize..<vocabularySize + count
        var (taught, added) = (self, specials.tokens)
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
            try taught.vocabulary.add(Bytes(name.utf8), id: id, path: path)
            added.append(
                SpecialToken(
                    content: content, id: id, isSpecial: false, isNormalized: true, stripsLeft: false,
                    stripsRight: false))
        }
        taught.specials = SpecialTokenTable(added)
        if count > 1 { taught.expansions[ids.lowerBound] = Array(ids) }
        return (taught, ids)
    }
}
