// Adapters of a pipeline; the kind is determined by the file's contents.

import CLIP
import Checkpoints
import Glibc
import Tokenizers

/// A small file that modifies a pipeline when it is opened.
public enum Adapter: Sendable {
    case lora(LoRA)
    case word(TextualInversion)

    /// Reads an adapter of either kind.
    /// - Parameters:
    ///   - path: its file, or a folder as diffusers and PEFT save one.
    ///   - strength: of a LoRA; a learned word has none.
    /// - Throws: `CheckpointError` when the file is damaged or is neither.
    public init(path: String, strength: Float = 1) throws {
        let weights = try WeightScope.open(Adapter.file(at: path))
        self =
            weights.names.contains { LoRAName($0) != nil }
            ? .lora(try LoRA(from: weights, strength: strength)) : .word(try TextualInversion(from: weights))
    }

    /// The names under which an adapter lies in a folder of its own, those that win first.
    private static let names = [
        "pytorch_lora_weights", "adapter_model", "learned_embeds",
    ].flatMap { [$0 + ".safetensors", $0 + ".bin"] }

    /// The file of an adapter: in a folder the one of a usual name.
    private static func file(at path: String) -> String {
        let files = names.map { "\(path)/\($0)" }
        return files.first { access($0, F_OK) == 0 } ?? path
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
