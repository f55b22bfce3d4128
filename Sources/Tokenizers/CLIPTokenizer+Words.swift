// Mapping between the words and the tokens of a prompt.

/// A word of a text and the range of its tokens.
public struct TokenizedWord: Sendable, Hashable {
    /// The normalised word: lower case, without white space; a run of punctuation counts as a word.
    public let text: String
    /// Range of its tokens in `CLIPTokenizer.tokenIDs`; the begin token is at 0.
    public let tokens: Range<Int>
}

extension CLIPTokenizer {
    /// The words of `text` in order; together they cover all tokens except begin and end.
    public func words(in text: String) -> [TokenizedWord] {
        var words: [TokenizedWord] = []
        var place = 1
        func append(_ text: String, _ count: Int) {
            words.append(TokenizedWord(text: text, tokens: place..<place + count))
            place += count
        }
        for piece in specials.split(Array(text.unicodeScalars), normalizing: Self.normalize) {
            switch piece {
            case .special(let id):
                append(decode([id], skippingSpecialTokens: false), expansions[id]?.count ?? 1)
            case .text(let scalars):
                for word in Self.words(scalars) {
                    append(string(word), model.encode(string(word).utf8).count)
                }
            }
        }
        return words
    }
}
