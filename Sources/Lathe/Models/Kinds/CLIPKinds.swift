// CLIP, whole and in halves.

import CLIP
import Checkpoints

extension ModelKind {
    private static let partOfPrior = Use(option: .part(.viewPrior), form: "as a part of a prior's folder")

    static let clip = ModelKind(
        name: "a CLIP model of text and images",
        signatures: [TensorSignature("vision_model.*", "text_model.*")], use: partOfPrior)

    static let clipText = ModelKind(
        name: "a CLIP text encoder",
        signatures: [
            TensorSignature("text_model.embeddings.token_embedding.*"),
            TensorSignature("embeddings.token_embedding.*", "encoder.layers.0.*"),
        ],
        use: Use(option: .part(.diffusion), form: "as a part of a pipeline folder"),
        compare: { comparison, weights, folder in
            let known = try loadConfiguration(CLIPTextConfiguration.self, from: "\(folder)/config.json")
            try comparison.survey(weights) {
                _ = try CLIPTextEncoder(known, from: $0)
                try $0.finish(ignoring: CLIPModel.unusedBuffers)
            }
        })

    static let clipVision = ModelKind(
        name: "a CLIP image encoder",
        signatures: [
            TensorSignature("vision_model.embeddings.class_embedding*", without: ["text_decoder.*"])
        ],
        use: partOfPrior)
}
