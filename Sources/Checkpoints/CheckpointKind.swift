// What kind of model a set of weights is, told from the names of its tensors.

/// Kinds of model that weights can be recognised as; the raw value is a description for messages.
public enum CheckpointKind: String, Sendable, CaseIterable {
    case segmentAnything = "a SAM segmenter"
    case segmentAnythingOriginal = "a SAM segmenter under its original tensor names"
    case blipCaptioner = "a BLIP captioner"
    case blipQuestionAnswering = "a BLIP model for visual question answering"
    case blipRetrieval = "a BLIP model for image-text retrieval"
    case blipContrastive = "a BLIP model without a caption head"
    case blipOriginal = "a BLIP model under its original tensor names"
    case clip = "a CLIP model of text and images"
    case clipText = "a CLIP text encoder"
    case clipVision = "a CLIP image encoder"
    case diffusionNetwork = "a diffusion U-Net"
    case controlNet = "a ControlNet"
    case controlNetOriginal = "a ControlNet under its original tensor names"
    case lowRankAdapter = "a low-rank adapter (LoRA)"
    case autoencoder = "a latent autoencoder"
    case tinyAutoencoder = "a tiny latent autoencoder"

    /// Prefixes of tensor names: every one of `present` occurs, none of `absent` does.
    ///
    /// The first match counts.
    private static let signs: [(kind: CheckpointKind, present: [String], absent: [String])] = [
        (.segmentAnything, ["mask_decoder.iou_token", "vision_encoder."], []),
        (.segmentAnythingOriginal, ["mask_decoder.iou_token", "image_encoder."], []),
        (.blipQuestionAnswering, ["vision_model.", "text_encoder.", "text_decoder."], []),
        (.blipCaptioner, ["vision_model.", "text_decoder."], []),
        (.blipRetrieval, ["vision_model.", "text_encoder.", "itm_head."], []),
        (.blipOriginal, ["visual_encoder.", "text_decoder."], []),
        (.blipOriginal, ["visual_encoder.", "text_encoder."], []),
        (.blipContrastive, ["vision_model.encoder.layers.0.self_attn.qkv.", "text_model."], []),
        (.clip, ["vision_model.", "text_model."], []),
        (.clipText, ["text_model.embeddings.token_embedding."], []),
        (.clipText, ["embeddings.token_embedding.", "encoder.layers.0."], []),
        (.clipVision, ["vision_model.embeddings.class_embedding"], ["text_decoder."]),
        (.controlNet, ["controlnet_cond_embedding.", "down_blocks."], []),
        (.controlNetOriginal, ["control_model.input_hint_block."], []),
        (.lowRankAdapter, ["lora_unet_"], []),
        (.lowRankAdapter, ["lora_te_"], []),
        (.diffusionNetwork, ["conv_in.", "time_embedding.", "down_blocks."], []),
        (.autoencoder, ["encoder.conv_in.", "decoder.conv_in."], []),
        (.tinyAutoencoder, ["encoder.layers.0.", "decoder.layers."], []),
    ]

    /// The kind that tensors of these names belong to, nil when they resemble none.
    public init?(tensorNames names: [String]) {
        let match = Self.signs.first { sign in
            sign.present.allSatisfy { prefix in names.contains { $0.hasPrefix(prefix) } }
                && !sign.absent.contains { prefix in names.contains { $0.hasPrefix(prefix) } }
        }
        guard let match else { return nil }
        self = match.kind
    }
}

extension WeightScope {
    /// Throws when these weights are recognisably of another kind; unknown ones pass, to be judged tensor by tensor.
    public func require(_ kind: CheckpointKind) throws {
        guard let found = CheckpointKind(tensorNames: names), found != kind else { return }
        throw CheckpointError(
            path: origin, reason: "these weights are \(found.rawValue); \(kind.rawValue) is needed here")
    }
}
