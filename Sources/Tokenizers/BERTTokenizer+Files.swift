// Loading BERT's vocabulary from `vocab.txt` or `tokenizer.json`.

import Files

extension BERTTokenizer {
    /// Loads a tokenizer folder: `tokenizer.json`, or `vocab.txt`, and settings files.
    public init(folder: String) throws {
        let settings = try TokenizerSettings(folder: folder)
        if fileExists(folder + "/tokenizer.json") {
            try self.init(tokenizerFile: folder + "/tokenizer.json", settings: settings)
        } else if fileExists(folder + "/vocab.txt") {
            try self.init(vocabulary: folder + "/vocab.txt", settings: settings)
        } else {
            throw TokenizerError(folder, "holds neither tokenizer.json nor vocab.txt")
        }
    }

    /// Loads `vocab.txt`: one token per line, its id is the line number; lower-casing, as for the uncased models.
    public init(vocabulary: String) throws {
        try self.init(vocabulary: vocabulary, settings: TokenizerSettings())
    }

    /// A tokenizer of `pieces`, whose indices are their ids.
    /// - Throws: `TokenizerError` if a piece is repeated, or if BERT's special tokens are missing.
    package init(pieces: [String]) throws {
        var table = Vocabulary()
        for (id, piece) in pieces.enumerated() {
            try table.add(Bytes(piece.utf8), id: id, path: "vocabulary")
        }
        try self.init(vocabulary: table, added: nil, rules: Rules(), path: "vocabulary")
    }

    /// Loads `tokenizer.json`.
    public init(tokenizerFile: String) throws {
        try self.init(tokenizerFile: tokenizerFile, settings: TokenizerSettings())
    }

    private init(vocabulary path: String, settings: TokenizerSettings) throws {
        let bytes = try readFile(path)
        guard !bytes.isEmpty else { throw TokenizerError(path, "is empty; expected one token a line") }
        try requireUTF8(bytes, path: path)
        var table = Vocabulary()
        for (id, line) in lines(of: bytes).enumerated() {
            if let other = table.id(of: Bytes(line)) {
                throw TokenizerError(
                    path, "token \(quoted(Bytes(line))) appears twice, on lines \(other + 1) and \(id + 1)")
            }
            try table.add(Bytes(line), id: id, path: path)
        }
        var rules = Rules()
        rules.apply(settings)
        try self.init(vocabulary: table, added: nil, rules: rules, path: path)
    }

    private init(tokenizerFile path: String, settings: TokenizerSettings) throws {
        let document = try readJSON(path)
        let kind = document["model"]?["type"]?.text ?? "an unnamed"
        guard kind == "WordPiece", let model = document["model"] else {
            throw TokenizerError(path, "holds \(kind) model, not the WordPiece of BERT")
        }
        guard model["continuing_subword_prefix"]?.text == "##", let entries = model["vocab"] else {
            throw TokenizerError(path, "lacks model.vocab, or continues words with something other than ##")
        }
        var table = try readVocabulary(entries, path: path)
        let added = try readAddedTokens(document, path: path)
        for token in added { try table.add(Bytes(string(token.content).utf8), id: token.id, path: path) }
        var rules = Rules()
        rules.apply(settings)
        if let normalizer = document["normalizer"], normalizer["type"]?.text == "BertNormalizer" {
            rules.cleansText = normalizer["clean_text"]?.boolean ?? rules.cleansText
            rules.lowercases = normalizer["lowercase"]?.boolean ?? rules.lowercases
            rules.stripsAccents = normalizer["strip_accents"]?.boolean
            rules.splitsIdeographs = normalizer["handle_chinese_chars"]?.boolean ?? rules.splitsIdeographs
        }
        rules.longestWord = model["max_input_chars_per_word"]?.integer ?? rules.longestWord
        try self.init(vocabulary: table, added: added, rules: rules, path: path)
    }
}

extension BERTTokenizer.Rules {
    fileprivate mutating func apply(_ settings: TokenizerSettings) {
        lowercases = settings.lowercases ?? lowercases
        stripsAccents = settings.stripsAccents ?? stripsAccents
        splitsIdeographs = settings.splitsIdeographs ?? splitsIdeographs
        cleansUpSpaces = settings.cleansUpSpaces ?? cleansUpSpaces
    }
}
