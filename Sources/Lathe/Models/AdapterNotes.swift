// What an adapter adds, in words: there is no model in its file to compare it with.

import Arrays
import Checkpoints
import StableDiffusion

extension CheckpointKind {
    /// What an adapter changes and how much it holds, a line each; empty for kinds that are no adapters.
    /// - Throws: `CheckpointError` when it is an adapter that cannot be read.
    func adapterNotes(_ weights: WeightScope) throws -> [String] {
        switch self {
        case .loraKohya, .loraDiffusers:
            let lora = try LoRA(from: weights)
            return [(AdaptedPart.unet, "U-Net"), (.textEncoder, "text encoder")].compactMap { part, name in
                lora.reach(in: part).map { reach in
                    let (least, most) = (reach.ranks.lowerBound, reach.ranks.upperBound)
                    let rank = least == most ? "rank \(least)" : "ranks \(least) to \(most)"
                    return
                        "adapts \(reach.modules) module\(reach.modules == 1 ? "" : "s") of the \(name), \(rank)"
                }
            }
        case .textualInversion:
            let word = try TextualInversion(from: weights)
            let (count, width) = (word.vectors.shape[0], word.vectors.shape[1])
            return [
                "prompts call it '\(word.word)': \(count) vector\(count == 1 ? "" : "s") of \(width) numbers"
            ]
        default: return []
        }
    }
}
