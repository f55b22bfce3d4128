// BERT's WordPiece tokenizer: normalisation, splitting, greedy longest match.

/// Converts text to BERT token ids and back, exactly as transformers' `BertTokenizer` does.
///
/// Source: Devlin et al. 2019; transformers `models/bert/tokenization_bert.py`.
public struct BERTTokenizer: Sendable {
    /// Normalisation of the text before it is split.
    struct Rules: Sendable {
        var cleansText = true
        var lowercases = true
        /// Nil: as `lowercases`.
        var stripsAccents: Bool?
        var splitsIdeographs = true
        /// Longer words become a single `[UNK]`.
        var longestWord = 100
        /// Removes spaces before punctuation and contractions when decoding.
        var cleansUpSpaces = false
    }

    private let vocabulary: Vocabulary
    private let specials: SpecialTokenTable
    private let rules: Rules
    private let unknownID: Int
    /// Length of the longest piece in bytes; longer substrings are not looked up.
    private let longestPiece: Int
    /// `[CLS]`, the first token.
    public let beginID: Int
    /// `[SEP]`, the last token.
    public let endID: Int
    /// `[PAD]`.
    public let paddingID: Int

    /// One more than the largest id.
    public var vocabularySize: Int { vocabulary.count }

    init(vocabulary: Vocabulary, added: [SpecialToken]?, rules: Rules, path: String) throws {
        try vocabulary.require(["[CLS]", "[SEP]", "[UNK]", "[PAD]"], path: path)
        func id(_ token: String) throws -> Int {
            guard let id = vocabulary.id(of: token) else { throw TokenizerError(path, "\(token) missing") }
            return id
        }
        self.vocabulary = vocabulary
        self.rules = rules
        unknownID = try id("[UNK]")
        beginID = try id("[CLS]")
        endID = try id("[SEP]")
        paddingID = try id("[PAD]")
        longestPiece = (0..<vocabulary.count).map { vocabulary.token($0)?.count ?? 0 }.max() ?? 0
        let standard = try ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].filter {
            vocabulary.id(of: $0) != nil
        }.map {
            SpecialToken(
                content: Array($0.unicodeScalars), id: try id($0), isSpecial: true, isNormalized: false,
                stripsLeft: false, stripsRight: false)
        }
        let listed = Set((added ?? []).map(\.id))
        specials = SpecialTokenTable((added ?? []) + standard.filter { !listed.contains($0.id) })
    }

    /// The ids of `text` between `[CLS]` and `[SEP]`, of any length.
    public func tokenIDs(_ text: String) -> [Int] {
        let pieces = specials.split(Array(text.unicodeScalars), normalizing: normalize)
        var ids = [beginID]
        for piece in pieces {
            switch piece {
            case .special(let id): ids.append(id)
            case .text(let scalars): for word in Self.words(scalars) { append(word, to: &ids) }
            }
        }
        return ids + [endID]
    }

    /// The id of a token of the vocabulary, nil if it is not in it.
    public func id(of token: String) -> Int? { vocabulary.id(of: token) }

    /// The text of `ids`: pieces joined, spaces before punctuation removed; ids outside the vocabulary are skipped.
    public func decode(_ ids: [Int], skippingSpecialTokens: Bool = true) -> String {
        var text = ""
        var isFirst = true
        for id in ids where !(skippingSpecialTokens && specials.specialIDs.contains(id)) {
            guard let bytes = vocabulary.token(id) else { continue }
            var piece = String(decoding: bytes, as: UTF8.self)
            if !isFirst {
                piece = bytes.starts(with: Self.continuation) ? String(piece.dropFirst(2)) : " " + piece
            }
            text += Self.closingSpaces(piece, Self.pieceSpacings)
            isFirst = false
        }
        return rules.cleansUpSpaces ? Self.closingSpaces(text, Self.spacings) : text
    }

    private static let continuation = Bytes("##".utf8)

    /// Removes spaces before punctuation and contractions.
    ///
    /// The reference decoder does so within each piece; transformers may do it again over the whole text, with a list
    /// that lacks "do not".
    private static func closingSpaces(_ text: String, _ spacings: [(Bytes, Bytes)]) -> String {
        guard text.utf8.contains(0x20) else { return text }
        var bytes = Bytes(text.utf8)
        for (from, to) in spacings { bytes = bytes.replacing(from, with: to) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let spacings: [(Bytes, Bytes)] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (Bytes($0.utf8), Bytes($1.utf8)) }

    private static let pieceSpacings = spacings + [(Bytes(" do not".utf8), Bytes(" don't".utf8))]
}

// MARK: - Splitting

extension BERTTokenizer {
    /// Removes control characters, surrounds ideographs with spaces, strips accents and lower-cases, according to
    /// `rules`.
    package func normalize(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        for scalar in scalars {
            if rules.cleansText, scalar.isDroppedByWordPiece { continue }
            if rules.cleansText, scalar.isSpace {
                result.append(" ")
            } else if rules.splitsIdeographs, scalar.isIdeograph {
                result.append(contentsOf: [" ", scalar, " "])
            } else {
                result.append(scalar)
            }
        }
        if rules.stripsAccents ?? rules.lowercases { result = decomposed(result).filter { !$0.isAccent } }
        return rules.lowercases ? lowercased(result) : result
    }

    /// Splits at white space; every punctuation character is a word of its own.
    package static func words(_ scalars: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        var result: [ArraySlice<Unicode.Scalar>] = []
        var start = 0
        for (position, scalar) in scalars.enumerated() where scalar.isSpace || scalar.isWordPiecePunctuation {
            if start < position { result.append(scalars[start..<position]) }
            if !scalar.isSpace { result.append(scalars[position..<position + 1]) }
            start = position + 1
        }
        if start < scalars.count { result.append(scalars[start...]) }
        return result
    }

    /// Greedy longest match from the left; a word with any unknown part becomes a single `[UNK]`.
    private func append(_ word: ArraySlice<Unicode.Scalar>, to ids: inout [Int]) {
        guard word.count <= rules.longestWord else {
            ids.append(unknownID)
            return
        }
        let bytes = Bytes(string(word).utf8)
        var pieces: [Int] = []
        var start = 0
        while start < bytes.count {
            var end = min(bytes.count, start + longestPiece)
            var found: Int?
            while end > start {
                // Substrings that split a character are not tokens: vocabularies are checked to be UTF-8.
                found = vocabulary.id(of: (start == 0 ? [] : Self.continuation) + bytes[start..<end])
                if found != nil { break }
                end -= 1
            }
            guard let found else {
                ids.append(unknownID)
                return
            }
            pieces.append(found)
            start = end
        }
        ids.append(contentsOf: pieces)
    }
}
