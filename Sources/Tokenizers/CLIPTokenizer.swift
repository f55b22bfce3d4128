// CLIP's byte-pair tokenizer: normalisation, splitting, merging.

/// Converts text to CLIP token ids, exactly as transformers' `CLIPTokenizer` does.
///
/// Text is composed (NFC), runs of white space become one space, letters are lower-cased; words, single digits,
/// English contractions and runs of other characters are then merged separately. Source: Radford et al. 2021;
/// transformers `models/clip/tokenization_clip.py`.
public struct CLIPTokenizer: Sendable {
    /// The length of CLIP's text context in tokens.
    public static let contextLength = 77

    var vocabulary: Vocabulary
    let model: BytePairModel
    var specials: SpecialTokenTable
    /// Words with several tokens: all ids, by the first one.
    var expansions: [Int: [Int]] = [:]
    /// Words that were added, each with its first id.
    public internal(set) var learnedWords: [(text: String, id: Int)] = []
    /// The first token.
    public let beginID: Int
    /// The last token.
    public let endID: Int
    /// Padding token (the end token, or `!` in Stable Diffusion 2).
    public internal(set) var paddingID: Int

    /// One more than the largest id.
    public var vocabularySize: Int { vocabulary.count }

    init(
        vocabulary: Vocabulary, pairs: [(Bytes, Bytes)], added: [SpecialToken]?, settings: TokenizerSettings,
        path: String
    ) throws {
        let begin = settings.begin ?? "<|startoftext|>"
        let end = settings.end ?? "<|endoftext|>"
        let padding = settings.padding ?? end
        let unknown = settings.unknown ?? end
        try vocabulary.require([begin, end, padding, unknown].uniqued(), path: path)
        func id(_ token: String) throws -> Int {
            guard let id = vocabulary.id(of: token) else { throw TokenizerError(path, "\(token) missing") }
            return id
        }
        self.vocabulary = vocabulary
        beginID = try id(begin)
        endID = try id(end)
        paddingID = try id(padding)
        model = try BytePairModel(vocabulary, pairs: pairs, unknown: try id(unknown), path: path)
        let listed = Set((added ?? []).map(\.id))
        let implied = try [begin, end, padding, unknown].uniqued().filter { !listed.contains(try id($0)) }.map
        {
            SpecialToken(
                content: Array($0.unicodeScalars), id: try id($0), isSpecial: true, isNormalized: false,
                stripsLeft: false, stripsRight: false)
        }
        specials = SpecialTokenTable((added ?? []) + implied)
    }

    /// The ids of `text` between begin and end token, of any length.
    public func tokenIDs(_ text: String) -> [Int] {
        let pieces = specials.split(Array(text.unicodeScalars), normalizing: Self.normalize)
        return [beginID] + pieces.flatMap(ids) + [endID]
    }

    /// The ids of `text` padded or truncated to `length`; truncation keeps the end token and reports the dropped
    /// text.
    /// - Precondition: `length` is at least 2.
    public func encode(_ text: String, length: Int = contextLength) -> TokenSequence {
        precondition(length >= 2, "CLIPTokenizer.encode: length \(length) has no room for begin and end")
        let ids = tokenIDs(text)
        guard ids.count > length else {
            let missing = length - ids.count
            return TokenSequence(
                ids: ids + Array(repeating: paddingID, count: missing),
                attentionMask: ids.map { _ in 1 } + Array(repeating: 0, count: missing), droppedText: nil)
        }
        return TokenSequence(
            ids: ids.prefix(length - 1) + [endID],
            attentionMask: Array(repeating: 1, count: length),
            droppedText: decode(Array(ids[(length - 1)..<(ids.count - 1)])))
    }

    /// The text of `ids`, with spaces at ends of words; ids outside the vocabulary are skipped.
    public func decode(_ ids: [Int], skippingSpecialTokens: Bool = true) -> String {
        var bytes: Bytes = []
        for id in ids where !(skippingSpecialTokens && specials.specialIDs.contains(id)) {
            guard let token = vocabulary.token(id) else { continue }
            for scalar in String(decoding: token, as: UTF8.self).unicodeScalars {
                if let byte = ByteAlphabet.byte(scalar) {
                    bytes.append(byte)
                } else {
                    bytes.append(contentsOf: String(scalar).utf8)
                }
            }
        }
        let text = String(decoding: bytes.replacing(BytePairModel.endOfWord, with: [0x20]), as: UTF8.self)
        let scalars = text.unicodeScalars
        let start = scalars.firstIndex { !$0.isSpace } ?? scalars.endIndex
        let end = scalars.lastIndex { !$0.isSpace }.map { scalars.index(after: $0) } ?? start
        return String(scalars[start..<end])
    }

    private func ids(_ piece: TextPiece) -> [Int] {
        switch piece {
        case .special(let id): expansions[id] ?? [id]
        case .text(let scalars): Self.words(scalars).flatMap { model.encode(string($0).utf8) }
        }
    }

    /// NFC, runs of white space to one space, lower case.
    package static func normalize(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var followsSpace = false
        for scalar in composed(scalars) {
            if !scalar.isSpace {
                result.append(scalar)
            } else if !followsSpace {
                result.append(" ")
            }
            followsSpace = scalar.isSpace
        }
        return lowercased(result)
    }

    /// The pieces of `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`,
    /// leftmost first; the first two, which are tokens in lower case alone, in their three parts.
    package static func words(_ scalars: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        var result: [ArraySlice<Unicode.Scalar>] = []
        var start = 0
        while start < scalars.count {
            let first = scalars[start]
            var end = start + 1
            if first.isSpace {
                start = end
                continue
            }
            if let mark = marks.first(where: { scalars[start...].starts(with: $0.joined()) }) {
                for part in mark {
                    result.append(scalars[start..<start + part.count])
                    start += part.count
                }
                continue
            }
            if let ending = contractions.first(where: { scalars[start...].starts(with: $0) }) {
                end = start + ending.count
            } else if first.isLetter {
                while end < scalars.count, scalars[end].isLetter { end += 1 }
            } else if !first.isNumber {
                while end < scalars.count, !scalars[end].isSpace, !scalars[end].isLetter,
                    !scalars[end].isNumber
                {
                    end += 1
                }
            }
            result.append(scalars[start..<end])
            start = end
        }
        return result
    }

    private static let marks = ["startoftext", "endoftext"].map { name in
        ["<|", name, "|>"].map { Array($0.unicodeScalars) }
    }

    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
        Array($0.unicodeScalars)
    }
}

extension Array where Element: Hashable {
    /// The elements without duplicates, in order of first appearance.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
