// The `config.json` of a SAM checkpoint, with the file's own keys.

public import Checkpoints
public import Layers

/// Sizes of the three parts of SAM; absent keys take the values of transformers' `SamConfig` (ViT-B).
public struct SegmentAnythingConfiguration: CheckedConfiguration, Sendable, Hashable {
    public var vision = Vision()
    public var promptEncoder = PromptEncoder()
    public var maskDecoder = MaskDecoder()

    /// The image encoder: a ViTDet with windowed and global attention.
    public struct Vision: Decodable, Sendable, Hashable {
        public var hiddenSize = 768
        public var outputChannels = 256
        public var layers = 12
        public var heads = 12
        public var channels = 3
        /// Side of the square input in pixels.
        public var imageSize = 1024
        public var patchSize = 16
        public var activation = Activation.gelu
        public var layerNormEpsilon: Float = 1e-6
        public var qkvBias = true
        public var usesAbsolutePositions = true
        public var usesRelativePositions = true
        /// Side of an attention window in patches.
        public var windowSize = 14
        /// Layers with global attention.
        public var globalAttentionLayers = [2, 5, 8, 11]
        /// Frequencies of the positional encoding of coordinates.
        public var positionFeatures = 128
        public var mlpSize = 3072

        /// Patches along a side of the image.
        public var grid: Int { imageSize / patchSize }
    }

    /// The encoder of points, boxes and masks.
    public struct PromptEncoder: Decodable, Sendable, Hashable {
        public var hiddenSize = 256
        public var imageSize = 1024
        public var patchSize = 16
        public var maskChannels = 16
        public var activation = Activation.gelu
        public var layerNormEpsilon: Float = 1e-6
        public var pointEmbeddings = 4
    }

    /// The two-way transformer and its heads.
    public struct MaskDecoder: Decodable, Sendable, Hashable {
        public var hiddenSize = 256
        public var activation = Activation.relu
        public var mlpSize = 2048
        public var layers = 2
        public var heads = 8
        /// Ratio of `hiddenSize` to the width of cross-attention.
        public var attentionDownsampling = 2
        /// Number of masks besides that of the single-mask token.
        public var multimaskOutputs = 3
        public var iouHeadDepth = 3
        public var iouHeadSize = 256
        public var layerNormEpsilon: Float = 1e-6
    }

    public init() {}
}

extension SegmentAnythingConfiguration {
    enum CodingKeys: String, CodingKey {
        case vision = "vision_config"
        case promptEncoder = "prompt_encoder_config"
        case maskDecoder = "mask_decoder_config"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        vision = try values.decode(Vision.self, forKey: .vision)
        promptEncoder = try values.decode(PromptEncoder.self, forKey: .promptEncoder)
        maskDecoder = try values.decode(MaskDecoder.self, forKey: .maskDecoder)
    }

    public func check() throws {
        typealias Problem = ConfigurationProblem
        let v = vision, p = promptEncoder, d = maskDecoder
        let sizes = [
            ("vision_config.hidden_size", v.hiddenSize), ("vision_config.output_channels", v.outputChannels),
            ("vision_config.num_attention_heads", v.heads), ("vision_config.patch_size", v.patchSize),
            ("vision_config.num_pos_feats", v.positionFeatures), ("vision_config.mlp_dim", v.mlpSize),
            ("vision_config.num_channels", v.channels), ("prompt_encoder_config.hidden_size", p.hiddenSize),
            ("prompt_encoder_config.mask_input_channels", p.maskChannels),
            ("mask_decoder_config.mlp_dim", d.mlpSize),
            ("mask_decoder_config.num_attention_heads", d.heads),
            ("mask_decoder_config.attention_downsample_rate", d.attentionDownsampling),
            ("mask_decoder_config.iou_head_hidden_dim", d.iouHeadSize),
        ]
        for (key, value) in sizes { try Problem.require(key, value, in: 1...1 << 16) }
        try Problem.require("vision_config.image_size", v.imageSize, in: 8...4096)
        try Problem.require("vision_config.window_size", v.windowSize, in: 0...4096)
        try Problem.require("vision_config.num_hidden_layers", v.layers, in: 1...1000)
        try Problem.require("mask_decoder_config.num_hidden_layers", d.layers, in: 1...100)
        try Problem.require("mask_decoder_config.iou_head_depth", d.iouHeadDepth, in: 2...100)
        try Problem.require("mask_decoder_config.num_multimask_outputs", d.multimaskOutputs, in: 1...64)
        try Problem.require("prompt_encoder_config.num_point_embeddings", p.pointEmbeddings, in: 4...4)
        try Problem.require("vision_config.num_channels", v.channels, in: 3...3)
        try Problem.require("vision_config.patch_size", v.patchSize, divides: "image_size", v.imageSize)
        try Problem.require(
            "vision_config.num_attention_heads", v.heads, divides: "hidden_size", v.hiddenSize)
        try Problem.require("prompt_encoder_config.image_size", p.imageSize, in: v.imageSize...v.imageSize)
        try Problem.require("prompt_encoder_config.patch_size", p.patchSize, in: v.patchSize...v.patchSize)
        try Problem.require(
            "prompt_encoder_config.hidden_size", p.hiddenSize, in: v.outputChannels...v.outputChannels)
        try Problem.require("mask_decoder_config.hidden_size", d.hiddenSize, in: p.hiddenSize...p.hiddenSize)
        try Problem.require(
            "vision_config.num_pos_feats", 2 * v.positionFeatures, in: p.hiddenSize...p.hiddenSize)
        try Problem.require("prompt_encoder_config.mask_input_channels", 4, divides: "it", p.maskChannels)
        try Problem.require("mask_decoder_config.hidden_size", 8, divides: "it", d.hiddenSize)
        try Problem.require(
            "mask_decoder_config.attention_downsample_rate", d.attentionDownsampling * d.heads,
            divides: "hidden_size", d.hiddenSize)
    }
}

// MARK: - Decoding

extension SegmentAnythingConfiguration.Vision {
    enum CodingKeys: String, CodingKey {
        case hiddenSize = "hidden_size"
        case outputChannels = "output_channels"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case channels = "num_channels"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case activation = "hidden_act"
        case layerNormEpsilon = "layer_norm_eps"
        case qkvBias = "qkv_bias"
        case mlpRatio = "mlp_ratio"
        case usesAbsolutePositions = "use_abs_pos"
        case usesRelativePositions = "use_rel_pos"
        case windowSize = "window_size"
        case globalAttentionLayers = "global_attn_indexes"
        case positionFeatures = "num_pos_feats"
        case mlpSize = "mlp_dim"
    }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationOverlay(decoder, keyedBy: CodingKeys.self)
        try file.read(.hiddenSize, &hiddenSize)
        try file.read(.outputChannels, &outputChannels)
        try file.read(.layers, &layers)
        try file.read(.heads, &heads)
        try file.read(.channels, &channels)
        try file.readSide(.imageSize, &imageSize)
        try file.readSide(.patchSize, &patchSize)
        try file.read(.activation, &activation)
        try file.read(.layerNormEpsilon, &layerNormEpsilon)
        try file.read(.qkvBias, &qkvBias)
        try file.read(.usesAbsolutePositions, &usesAbsolutePositions)
        try file.read(.usesRelativePositions, &usesRelativePositions)
        try file.read(.windowSize, &windowSize)
        try file.read(.globalAttentionLayers, &globalAttentionLayers)
        try file.read(.positionFeatures, &positionFeatures)
        var ratio = 4.0
        try file.read(.mlpRatio, &ratio)
        guard ratio > 0, ratio <= 64, (0...1 << 16).contains(hiddenSize) else {
            throw ConfigurationProblem(
                key: "vision_config.mlp_ratio", reason: "or hidden_size is out of range")
        }
        mlpSize = Int(Double(hiddenSize) * ratio)
        try file.read(.mlpSize, &mlpSize)
    }
}

extension SegmentAnythingConfiguration.PromptEncoder {
    enum CodingKeys: String, CodingKey {
        case hiddenSize = "hidden_size"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case maskChannels = "mask_input_channels"
        case activation = "hidden_act"
        case layerNormEpsilon = "layer_norm_eps"
        case pointEmbeddings = "num_point_embeddings"
    }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationOverlay(decoder, keyedBy: CodingKeys.self)
        try file.read(.hiddenSize, &hiddenSize)
        try file.readSide(.imageSize, &imageSize)
        try file.readSide(.patchSize, &patchSize)
        try file.read(.maskChannels, &maskChannels)
        try file.read(.activation, &activation)
        try file.read(.layerNormEpsilon, &layerNormEpsilon)
        try file.read(.pointEmbeddings, &pointEmbeddings)
    }
}

extension SegmentAnythingConfiguration.MaskDecoder {
    enum CodingKeys: String, CodingKey {
        case hiddenSize = "hidden_size"
        case activation = "hidden_act"
        case mlpSize = "mlp_dim"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case attentionDownsampling = "attention_downsample_rate"
        case multimaskOutputs = "num_multimask_outputs"
        case iouHeadDepth = "iou_head_depth"
        case iouHeadSize = "iou_head_hidden_dim"
        case layerNormEpsilon = "layer_norm_eps"
    }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationOverlay(decoder, keyedBy: CodingKeys.self)
        try file.read(.hiddenSize, &hiddenSize)
        try file.read(.activation, &activation)
        try file.read(.mlpSize, &mlpSize)
        try file.read(.layers, &layers)
        try file.read(.heads, &heads)
        try file.read(.attentionDownsampling, &attentionDownsampling)
        try file.read(.multimaskOutputs, &multimaskOutputs)
        try file.read(.iouHeadDepth, &iouHeadDepth)
        try file.read(.iouHeadSize, &iouHeadSize)
        try file.read(.layerNormEpsilon, &layerNormEpsilon)
    }
}
