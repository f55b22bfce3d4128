// Adapters of a pipeline; the kind is determined by the file's contents.

import CLIP
import Checkpoints
import Tokenizers

/// A small file that modifies a pipeline when it is opened.
public enum Adapter: Sendable {
    case lora(LoRA)
    case word(TextualInversion)

    /// Reads an adapter of any kind.
    /// - Parameter strength: of a LoRA; has no effect on a textual inversion.
    /// - Throws: `CheckpointError` when the file is damaged or is neither.
    public init(path: String, strength: Float = 1) throws {
        let weights = try WeightScope.open(folder: path)
        self =
            weights.names.contains { LoRAName($0) != nil }
            ? .lora(try LoRA(from: weights, strength: strength)) : .word(try TextualInversion(from: weights))
    }
}

extension [Adapter] {
    /// The weights of a component with all LoRAs added, in order.
    func merged(into weights: WeightScope, of part: AdaptedPart) throws -> WeightScope {
        try reduce(weights) { weights, adapter in
            guard case .lora(let lora) = adapter else { return weights }
            return try lora.applied(to: weights, of: part)
        }
    }

    /// A tokenizer and a text encoder with all textual inversions added.
    func added(to tokenizer: CLIPTokenizer, _ encoder: CLIPTextEncoder) throws
        -> (CLIPTokenizer, CLIPTextEncoder)
    {
        try reduce((tokenizer, encoder)) { known, adapter in
            guard case .word(let inversion) = adapter else { return known }
            return try inversion.added(to: known.0, known.1)
        }
    }
}
