// Adapters of diffusion models: there is no model in their files to compare them with, only what they change.

import Arrays
import Checkpoints
import StableDiffusion

extension ModelKind {
    static let loraKohya = ModelKind(
        name: "a LoRA of kohya's layout",
        signatures: [TensorSignature("lora_*.lora_down.weight")],
        use: Use(option: .lora, form: "as it is", isFile: true), notes: loraNotes)

    static let loraDiffusers = ModelKind(
        name: "a LoRA of diffusers' layout",
        signatures: [
            TensorSignature("*.lora_A.weight"), TensorSignature("*.lora.down.weight"),
            TensorSignature("*_lora.down.weight"), TensorSignature("*.lora_A.*.weight"),
        ],
        use: Use(option: .lora, form: "as it is", isFile: true), notes: loraNotes)

    static let adapterLoHa = ModelKind(
        name: "a LoHa adapter of LyCORIS, which is not supported",
        signatures: [TensorSignature("*.hada_w1_a")])

    static let adapterLoKr = ModelKind(
        name: "a LoKr adapter of LyCORIS, which is not supported",
        signatures: [TensorSignature("*.lokr_w1"), TensorSignature("*.lokr_w1_a")])

    static let adapterOFT = ModelKind(
        name: "an OFT adapter of LyCORIS, which is not supported",
        signatures: [TensorSignature("*.oft_blocks"), TensorSignature("*.oft_diag")])

    static let adapterDoRA = ModelKind(
        name: "a DoRA adapter, which is not supported",
        signatures: [TensorSignature("*.dora_scale"), TensorSignature("*.lora_magnitude_vector")])

    /// The name `*` alone is the one token of an embedding saved with its training program's stand-in for the word.
    static let textualInversion = ModelKind(
        name: "a textual-inversion embedding",
        signatures: [
            TensorSignature("emb_params"), TensorSignature("<*>", without: ["*.*"]),
            TensorSignature(exactly: ["*"]),
        ],
        use: Use(option: .embedding, form: "as it is", isFile: true),
        notes: { weights in
            let word = try TextualInversion(from: weights)
            let (count, width) = (word.vectors.shape[0], word.vectors.shape[1])
            return [
                "prompts call it '\(word.word)': \(count) vector\(count == 1 ? "" : "s") of \(width) numbers"
            ]
        })

    @Sendable private static func loraNotes(_ weights: WeightScope) throws -> [String] {
        let lora = try LoRA(from: weights)
        return [(AdaptedPart.unet, "U-Net"), (.textEncoder, "text encoder")].compactMap { part, name in
            lora.reach(in: part).map { reach in
                let (least, most) = (reach.ranks.lowerBound, reach.ranks.upperBound)
                let rank = least == most ? "rank \(least)" : "ranks \(least) to \(most)"
                return
                    "adapts \(reach.modules) module\(reach.modules == 1 ? "" : "s") of the \(name), \(rank)"
            }
        }
    }
}
