// BLIP and its relatives.

import BLIP
import Checkpoints
import Tokenizers

extension ModelKind {
    static let blipCaptioner = ModelKind(
        name: "a BLIP captioner",
        signatures: [TensorSignature("vision_model.*", "text_decoder.*")],
        configurations: ["blip"],
        use: Use(
            option: .part(.captioner), form: "as a folder with its config.json and vocabulary", isFolder: true
        ),
        published: "Salesforce/blip-image-captioning-base",
        open: { try BLIPCaptioner(folder: $0.path, precision: $0.precision) },
        compare: { comparison, weights, folder in
            let known = try loadConfiguration(BLIPConfiguration.self, from: "\(folder)/config.json")
            let tokenizer: BERTTokenizer
            do {
                tokenizer = try BERTTokenizer(folder: folder)
            } catch let error as TokenizerError {
                throw CheckpointError(path: error.path, reason: error.reason)
            }
            try comparison.survey(weights) { _ = try BLIPCaptioner(known, from: $0, tokenizer: tokenizer) }
        })

    static let blipQuestionAnswering = ModelKind(
        name: "a BLIP model for visual question answering",
        signatures: [TensorSignature("vision_model.*", "text_encoder.*", "text_decoder.*")])

    static let blipRetrieval = ModelKind(
        name: "a BLIP model for image-text retrieval",
        signatures: [TensorSignature("vision_model.*", "text_encoder.*", "itm_head.*")])

    static let blipOriginal = ModelKind(
        name: "a BLIP model under its original tensor names",
        signatures: [
            TensorSignature("visual_encoder.*", "text_decoder.*"),
            TensorSignature("visual_encoder.*", "text_encoder.*"),
        ])

    static let blipContrastive = ModelKind(
        name: "a BLIP model without a caption head",
        signatures: [TensorSignature("vision_model.encoder.layers.0.self_attn.qkv.*", "text_model.*")])
}
