// `tokenizer_config.json` and `special_tokens_map.json`: special tokens by role.

import Files

/// The settings that accompany a vocabulary; keys are those of the files, absent ones nil.
struct TokenizerSettings: Sendable {
    var begin: String?
    var end: String?
    var padding: String?
    var unknown: String?
    var lowercases: Bool?
    var stripsAccents: Bool?
    var splitsIdeographs: Bool?
    var cleansUpSpaces: Bool?

    init() {}

    /// Reads those settings files that are present in a tokenizer folder.
    init(folder: String) throws {
        for name in ["special_tokens_map.json", "tokenizer_config.json"] {
            let path = folder + "/" + name
            guard fileExists(path) else { continue }
            let document = try readJSON(path)
            guard case .object = document else { throw TokenizerError(path, "is not a JSON object") }
            func token(_ key: String) -> String? { document[key]?.text ?? document[key]?["content"]?.text }
            begin = token("bos_token") ?? begin
            end = token("eos_token") ?? end
            padding = token("pad_token") ?? padding
            unknown = token("unk_token") ?? unknown
            lowercases = document["do_lower_case"]?.boolean ?? lowercases
            stripsAccents = document["strip_accents"]?.boolean ?? stripsAccents
            splitsIdeographs = document["tokenize_chinese_chars"]?.boolean ?? splitsIdeographs
            cleansUpSpaces = document["clean_up_tokenization_spaces"]?.boolean ?? cleansUpSpaces
        }
    }
}
