// Loading of CLIP's vocabulary from its published layouts.

import Files

extension CLIPTokenizer {
    /// Loads a tokenizer folder: `tokenizer.json`, or `vocab.json` with `merges.txt`, and settings files.
    public init(folder: String) throws {
        let settings = try TokenizerSettings(folder: folder)
        if fileExists(folder + "/tokenizer.json") {
            try self.init(tokenizerFile: folder + "/tokenizer.json", settings: settings)
        } else if fileExists(folder + "/vocab.json") {
            try self.init(
                vocabulary: folder + "/vocab.json", merges: folder + "/merges.txt", settings: settings)
        } else {
            throw TokenizerError(folder, "holds neither tokenizer.json nor vocab.json with merges.txt")
        }
    }

    /// Loads `vocab.json` (token → id) and `merges.txt` (one pair per line, after a `#version` line).
    public init(vocabulary: String, merges: String) throws {
        try self.init(vocabulary: vocabulary, merges: merges, settings: TokenizerSettings())
    }

    /// Loads `tokenizer.json`.
    public init(tokenizerFile: String) throws {
        try self.init(tokenizerFile: tokenizerFile, settings: TokenizerSettings())
    }

    /// Loads OpenAI's `bpe_simple_vocab_16e6.txt.gz`, whose first 48,894 merges determine the vocabulary.
    public init(publishedMerges path: String) throws {
        let pairs = try readPairs(readGzip(path), limit: publishedMergeCount, path: path)
        guard pairs.count == publishedMergeCount else {
            throw TokenizerError(
                path, "holds \(pairs.count) merges of \(publishedMergeCount); fetch the file again")
        }
        let letters = ByteAlphabet.vocabularyOrder.map { Bytes(String($0).utf8) }
        let tokens =
            letters + letters.map { $0 + BytePairModel.endOfWord } + pairs.map { $0 + $1 }
            + [Bytes("<|startoftext|>".utf8), Bytes("<|endoftext|>".utf8)]
        var table = Vocabulary()
        for (id, token) in tokens.enumerated() { try table.add(token, id: id, path: path) }
        try self.init(vocabulary: table, pairs: pairs, added: nil, settings: TokenizerSettings(), path: path)
    }

    private init(vocabulary: String, merges: String, settings: TokenizerSettings) throws {
        let table = try readVocabulary(try readJSON(vocabulary), path: vocabulary)
        let bytes = try readFile(merges)
        try requireUTF8(bytes, path: merges)
        let pairs = try readPairs(bytes, limit: .max, path: merges)
        guard !pairs.isEmpty else { throw TokenizerError(merges, "holds no merge") }
        try self.init(vocabulary: table, pairs: pairs, added: nil, settings: settings, path: vocabulary)
    }

    private init(tokenizerFile path: String, settings: TokenizerSettings) throws {
        let document = try readJSON(path)
        let kind = document["model"]?["type"]?.text ?? "an unnamed"
        guard kind == "BPE", let model = document["model"] else {
            throw TokenizerError(path, "holds \(kind) model, not the BPE of CLIP")
        }
        guard model["end_of_word_suffix"]?.text == "</w>" else {
            throw TokenizerError(path, "is a BPE tokenizer without the </w> suffix, so not CLIP's")
        }
        guard let entries = model["vocab"], case .array(let merges)? = model["merges"] else {
            throw TokenizerError(path, "lacks model.vocab or model.merges")
        }
        var table = try readVocabulary(entries, path: path)
        let added = try readAddedTokens(document, path: path)
        for token in added { try table.add(Bytes(string(token.content).utf8), id: token.id, path: path) }
        let pairs = try merges.enumerated().map { index, merge -> (Bytes, Bytes) in
            if case .array(let parts) = merge, parts.count == 2, case .string(let left) = parts[0],
                case .string(let right) = parts[1]
            {
                return (left, right)
            }
            guard case .string(let line) = merge, let pair = splitPair(line[...]) else {
                throw TokenizerError(path, "merge \(index + 1) is not a pair of tokens")
            }
            return pair
        }
        try self.init(vocabulary: table, pairs: pairs, added: added, settings: settings, path: path)
    }
}

/// 49,152 tokens minus 256 bytes, 256 bytes at the end of a word, and two special tokens.
private let publishedMergeCount = 49152 - 256 - 2

/// A `{"token": id, …}` object.
///
/// Throws if it is not an object, is empty, or repeats a token or an id.
func readVocabulary(_ node: JSONValue, path: String) throws -> Vocabulary {
    guard case .object(let members) = node, !members.isEmpty else {
        throw TokenizerError(path, "holds no vocabulary; expected {\"token\": id, …}")
    }
    var table = Vocabulary()
    for (token, value) in members {
        guard let id = value.integer else {
            throw TokenizerError(path, "the id of \(quoted(token)) is not a whole number")
        }
        guard table.id(of: token) == nil else {
            throw TokenizerError(path, "token \(quoted(token)) appears twice")
        }
        try table.add(token, id: id, path: path)
    }
    return table
}

private func readPairs(_ bytes: Bytes, limit: Int, path: String) throws -> [(Bytes, Bytes)] {
    var pairs: [(Bytes, Bytes)] = []
    for (number, line) in lines(of: bytes).enumerated() {
        if pairs.count == limit { break }
        // OpenAI's file has its own name before "#version" on the first line.
        let isHeader = number == 0 && String(decoding: line, as: UTF8.self).contains("#version")
        if isHeader || line.isEmpty { continue }
        guard let pair = splitPair(line) else {
            throw TokenizerError(path, "line \(number + 1) is not a pair of tokens")
        }
        pairs.append(pair)
    }
    return pairs
}

private func splitPair(_ line: ArraySlice<UInt8>) -> (Bytes, Bytes)? {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    return (Bytes(parts[0]), Bytes(parts[1]))
}
