// Adapters of a pipeline, told apart by what their files hold.

import CLIP
import Checkpoints
import Tokenizers

/// A small file that changes a pipeline as it is opened.
public enum Adapter: Sendable {
    case lora(LoRA)
    case word(TextualInversion)

    /// Reads an adapter of either kind.
    /// - Parameter strength: of a LoRA; a learned word has none.
    /// - Throws: `CheckpointError` when the file is damaged or is neither.
    public init(path: String, strength: Float = 1) throws {
        let weights = try WeightScope.open(folder: path)
        self =
            weights.names.contains { LoRAName($0) != nil }
            ? .lora(try LoRA(from: weights, strength: strength)) : .word(try TextualInversion(from: weights))
    }
}

extension [Adapter] {
    /// The weights of a part with every LoRA added, in order.
    func merged(into weights: WeightScope, of part: AdaptedPart) throws -> WeightScope {
        try reduce(weights) { weights, adapter in
            guard case .lora(let lora) = adapter else { return weights }
            return try lora.applied(to: weights, of: part)
        }
    }

    /// A tokenizer and a text encoder that know every learned word.
    func taught(to tokenizer: CLIPTokenizer, _ encoder: CLIPTextEncoder) throws
        -> (CLIPTokenizer, CLIPTextEncoder)
    {
        try reduce((tokenizer, encoder)) { known, adapter in
            guard case .word(let inversion) = adapter else { return known }
            return try inversion.taught(to: known.0, known.1)
        }
    }
}
