// Textual inversion: additional vectors for a text encoder's embedding table.

public import Arrays
import CLIP
public import Checkpoints
import Tokenizers

/// A textual inversion: its name in prompts and its vectors in the text encoder.
///
/// Supports diffusers' layout (one tensor named by the word) and that of AUTOMATIC1111 (`emb_params`, or
/// `string_to_param` with a `*`), where the file name is the word. A word with several vectors becomes several
/// tokens. Source: Gal et al. 2022, "An Image is Worth One Word"; diffusers `textual_inversion.py`.
public struct TextualInversion: Sendable {
    public let path: String
    /// Its name in prompts, such as `<cat-toy>`.
    public let word: String
    /// `[tokens, width]`.
    public let vectors: NDArray

    /// Reads an embedding.
    /// - Parameter word: the name in prompts; nil uses the file's own name.
    /// - Throws: `CheckpointError` when the file is damaged or does not hold the vectors of one word.
    public init(path: String, word: String? = nil) throws {
        try self.init(from: WeightScope.open(folder: path), word: word)
    }

    /// - Parameter weights: the file's root scope.
    public init(from weights: WeightScope, word: String? = nil) throws {
        path = weights.origin
        let names = weights.names
        guard names.count == 1, let name = names.first, let shape = weights.shape(of: name) else {
            let twins = names.contains("clip_g") ? "; it was made for a model with two text encoders" : ""
            throw CheckpointError(
                path: path,
                reason: "\(names.count) tensors where the vectors of one word are expected" + twins)
        }
        guard (1...2).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
            throw CheckpointError(
                path: path, reason: "tensor '\(name)' has shape \(shape); [tokens, width] is expected")
        }
        let isNamedByFile = name == "emb_params" || name == "*" || name.hasSuffix(".*")
        self.word = word ?? (isNamedByFile ? TextualInversion.stem(of: path) : name)
        vectors = try weights.tensor(name, shape).reshaped([shape.count == 2 ? shape[0] : 1, -1])
    }

    /// Adds the word to a tokenizer and a text encoder.
    /// - Throws: `CheckpointError` if the vectors do not have the encoder's width, `TokenizerError` if the vocabulary
    ///   contains the word already.
    func added(to tokenizer: CLIPTokenizer, _ encoder: CLIPTextEncoder) throws
        -> (CLIPTokenizer, CLIPTextEncoder)
    {
        let width = encoder.configuration.hiddenSize
        guard vectors.shape[1] == width else {
            throw CheckpointError(
                path: path,
                reason: "its vectors have \(vectors.shape[1]) numbers and the text encoder's \(width); it was"
                    + " made for another model")
        }
        guard tokenizer.vocabularySize <= encoder.vocabularySize else {
            throw CheckpointError(
                path: path,
                reason: "cannot be added: the tokenizer has \(tokenizer.vocabularySize) words and the text"
                    + " encoder \(encoder.vocabularySize)")
        }
        let (extended, ids) = try tokenizer.adding(word: word, tokens: vectors.shape[0], path: path)
        return (extended, encoder.continuingVocabulary(at: ids.lowerBound, with: vectors))
    }

    /// The name of a file without its folder and extension.
    private static func stem(of path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}
