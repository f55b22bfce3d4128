// What kind of model a set of weights is, told from the names of its tensors.

/// Kinds of model that weights can be recognised as; the raw value is a description for messages.
public enum CheckpointKind: String, Sendable, CaseIterable {
    case segmentAnything = "a SAM segmenter"
    case segmentAnythingOriginal = "a SAM segmenter under its original tensor names"
    case mobileSegmentAnything = "a MobileSAM segmenter"
    case blipCaptioner = "a BLIP captioner"
    case blipQuestionAnswering = "a BLIP model for visual question answering"
    case blipRetrieval = "a BLIP model for image-text retrieval"
    case blipContrastive = "a BLIP model without a caption head"
    case blipOriginal = "a BLIP model under its original tensor names"
    case clip = "a CLIP model of text and images"
    case clipText = "a CLIP text encoder"
    case clipVision = "a CLIP image encoder"
    case diffusionNetwork = "a diffusion U-Net"
    case stableDiffusion = "Stable Diffusion in one file"
    case stableDiffusionXL = "Stable Diffusion XL in one file"
    case controlNet = "a ControlNet"
    case controlNetOriginal = "a ControlNet under its original tensor names"
    case loraKohya = "a LoRA of kohya's layout"
    case loraDiffusers = "a LoRA of diffusers' layout"
    case textualInversion = "a textual-inversion embedding"
    case autoencoder = "a latent autoencoder"
    case autoencoderOriginal = "a latent autoencoder under its original tensor names"
    case tinyAutoencoder = "a tiny latent autoencoder"
    case tinyAutoencoderOriginal = "half of a tiny latent autoencoder under its original tensor names"
    case lama = "a LaMa inpainter"

    /// Patterns of tensor names, `*` standing for any characters: every one of `present` occurs, none of `absent` does.
    ///
    /// The first match counts.
    private static let signs: [(kind: CheckpointKind, present: [String], absent: [String])] = [
        (.segmentAnything, ["mask_decoder.iou_token*", "vision_encoder.*"], []),
        (.mobileSegmentAnything, ["mask_decoder.iou_token*", "image_encoder.patch_embed.seq.*"], []),
        (.segmentAnythingOriginal, ["mask_decoder.iou_token*", "image_encoder.*"], []),
        (.blipQuestionAnswering, ["vision_model.*", "text_encoder.*", "text_decoder.*"], []),
        (.blipCaptioner, ["vision_model.*", "text_decoder.*"], []),
        (.blipRetrieval, ["vision_model.*", "text_encoder.*", "itm_head.*"], []),
        (.blipOriginal, ["visual_encoder.*", "text_decoder.*"], []),
        (.blipOriginal, ["visual_encoder.*", "text_encoder.*"], []),
        (.blipContrastive, ["vision_model.encoder.layers.0.self_attn.qkv.*", "text_model.*"], []),
        (.stableDiffusionXL, ["model.diffusion_model.*", "conditioner.embedders.*"], []),
        (.controlNetOriginal, ["control_model.*"], []),
        (.stableDiffusion, ["model.diffusion_model.*"], []),
        (.controlNet, ["controlnet_cond_embedding.*"], []),
        (.loraKohya, ["lora_*.lora_down.weight"], []),
        (.loraDiffusers, ["*.lora_A.weight"], []), (.loraDiffusers, ["*.lora.down.weight"], []),
        (.loraDiffusers, ["*_lora.down.weight"], []), (.loraDiffusers, ["*.lora_A.*.weight"], []),
        (.lama, ["*.ffc.convl2l.weight"], []),
        (.clip, ["vision_model.*", "text_model.*"], []),
        (.clipText, ["text_model.embeddings.token_embedding.*"], []),
        (.clipText, ["embeddings.token_embedding.*", "encoder.layers.0.*"], []),
        (.clipVision, ["vision_model.embeddings.class_embedding*"], ["text_decoder.*"]),
        (.diffusionNetwork, ["conv_in.*", "time_embedding.*", "down_blocks.*"], []),
        (.autoencoder, ["encoder.conv_in.*", "decoder.conv_in.*", "encoder.down_blocks.*"], []),
        (.autoencoderOriginal, ["*encoder.conv_in.*", "*decoder.conv_in.*", "*encoder.down.0.*"], []),
        (.autoencoder, ["encoder.conv_in.*", "decoder.conv_in.*"], []),
        (.tinyAutoencoder, ["encoder.layers.0.*", "decoder.layers.*"], []),
        (.tinyAutoencoderOriginal, ["1.weight", "3.conv.0.weight"], []),
        (.tinyAutoencoderOriginal, ["0.weight", "1.conv.0.weight"], []),
        (.textualInversion, ["emb_params"], []), (.textualInversion, ["<*>"], ["*.*"]),
    ]

    /// The kind that tensors of these names belong to, nil when they resemble none.
    public init?(tensorNames names: [String]) {
        func occurs(_ pattern: String) -> Bool {
            let pattern = NamePattern(pattern)
            return names.contains { pattern.matches($0) }
        }
        let match = Self.signs.first { sign in
            sign.present.allSatisfy(occurs) && !sign.absent.contains(where: occurs)
        }
        if let match {
            self = match.kind
        } else if names == ["*"] {
            // The one token of an embedding saved with its training program's stand-in for the word.
            self = .textualInversion
        } else {
            return nil
        }
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
