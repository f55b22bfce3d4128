// The configuration of the denoising network, as diffusers' `UNet2DConditionModel` writes it.

public import Layers

/// Kinds of encoder levels: with cross-attention or without.
public enum DownBlockKind: String, Sendable, CaseIterable {
    case crossAttention = "CrossAttnDownBlock2D"
    case plain = "DownBlock2D"
}

/// Kinds of decoder levels.
public enum UpBlockKind: String, Sendable, CaseIterable {
    case crossAttention = "CrossAttnUpBlock2D"
    case plain = "UpBlock2D"
}

/// Kinds of middle blocks.
public enum MidBlockKind: String, Sendable, CaseIterable {
    case crossAttention = "UNetMidBlock2DCrossAttn"
    case plain = "UNetMidBlock2D"
}

/// How the time embedding is applied in a residual block.
public enum TimeShift: String, Sendable, CaseIterable {
    case add = "default"
    case scaleAndShift = "scale_shift"
}

/// An additional condition that is added to the time embedding.
public enum ClassEmbedding: Sendable, Hashable {
    case none
    /// One learned vector per class.
    case table(count: Int)
    /// A number with a sinusoidal embedding like a timestep.
    case timestep
    /// A vector of `width` numbers through a two-layer perceptron.
    case projection(width: Int)
}

/// The settings of a denoising network, with names and defaults of diffusers' `UNet2DConditionModel`.
///
/// Lists are ordered from the finest level to the coarsest.
public struct UNetConfiguration: Decodable, Sendable, Hashable {
    /// Side of the latents that the model was trained on, if the file gives it.
    public let sampleSize: Int?
    public let inChannels: Int
    public let outChannels: Int
    public let centersInput: Bool
    public let flipsSineToCosine: Bool
    public let frequencyShift: Double
    public let downBlocks: [DownBlockKind]
    public let midBlock: MidBlockKind?
    public let upBlocks: [UpBlockKind]
    public let channels: [Int]
    public let layersPerBlock: [Int]
    public let downsamplePadding: Int
    public let midBlockScale: Float
    public let activation: Activation
    public let normGroups: Int
    public let normEpsilon: Float
    /// Width of the condition's tokens.
    public let crossAttentionWidth: Int
    /// Transformer blocks in each attention layer, per level.
    public let transformerLayers: [Int]
    /// Attention heads per level.
    ///
    /// The files call it `attention_head_dim`, an error of the first release that is kept for compatibility.
    public let heads: [Int]
    public let usesLinearProjection: Bool
    public let classEmbedding: ClassEmbedding
    public let timeShift: TimeShift
    public let timeEmbeddingWidth: Int
    public let inputKernel: Int
    public let outputKernel: Int

    /// Side of the latents that the model was trained on.
    /// - Parameter fallback: used if the file does not give it.
    public func nativeSide(else fallback: Int = 64) -> Int { sampleSize ?? fallback }

    public init(from decoder: any Decoder) throws {
        try self.init(try ConfigurationReader(decoder, className: "UNet2DConditionModel"))
    }

    /// - Parameter hasDecoder: false for a ControlNet's file, which has no decoder; the decoder is then assumed to
    ///   mirror the encoder.
    init(_ file: ConfigurationReader, hasDecoder: Bool = true) throws {
        try file.refuse(UNetConfiguration.refused)
        sampleSize = try file.optionalSize("sample_size")
        inChannels = try file.size("in_channels", default: 4)
        outChannels = try file.size("out_channels", default: 4)
        centersInput = try file.flag("center_input_sample", default: false)
        flipsSineToCosine = try file.flag("flip_sin_to_cos", default: true)
        frequencyShift = try file.number("freq_shift", default: 0)
        channels = try file.sizes("block_out_channels", default: [320, 640, 1280, 1280])
        let levels = channels.count
        downBlocks = try file.kinds(
            "down_block_types", default: [.crossAttention, .crossAttention, .crossAttention, .plain])
        upBlocks =
            hasDecoder
            ? try file.kinds(
                "up_block_types", default: [.plain, .crossAttention, .crossAttention, .crossAttention])
            : downBlocks.reversed().map { $0 == .plain ? .plain : .crossAttention }
        try file.requireCount(downBlocks.count, levels, "down_block_types")
        try file.requireCount(upBlocks.count, levels, "up_block_types")
        midBlock = try file.midBlock()
        layersPerBlock = try file.sizePerLevel("layers_per_block", default: 2, levels: levels)
        downsamplePadding = try file.integer("downsample_padding", default: 1)
        guard (0...1).contains(downsamplePadding) else {
            throw file.fault("downsample_padding", "must be 0 or 1")
        }
        midBlockScale = Float(try file.number("mid_block_scale_factor", default: 1))
        activation = try file.activation("act_fn", default: "silu")
        normGroups = try file.size("norm_num_groups", default: 32)
        normEpsilon = Float(try file.number("norm_eps", default: 1e-5))
        let widths = try file.sizePerLevel("cross_attention_dim", default: 1280, levels: levels)
        crossAttentionWidth = widths[0]
        guard widths.allSatisfy({ $0 == widths[0] }) else {
            throw file.fault("cross_attention_dim", "levels of different widths are not supported")
        }
        transformerLayers = try file.sizePerLevel("transformer_layers_per_block", default: 1, levels: levels)
        heads = try file.sizePerLevel("attention_head_dim", default: 8, levels: levels)
        usesLinearProjection = try file.flag("use_linear_projection", default: false)
        classEmbedding = try file.classEmbedding()
        timeShift = try file.kind("resnet_time_scale_shift", default: .add)
        timeEmbeddingWidth = try file.size("time_embedding_dim", default: 4 * channels[0])
        inputKernel = try file.size("conv_in_kernel", default: 3)
        outputKernel = try file.size("conv_out_kernel", default: 3)
        try check(file)
    }

    /// Settings of other model families; all of them change the computation, so none is ignored.
    private static let refused: [String: NeutralValue] = [
        "only_cross_attention": .flag(false), "mid_block_only_cross_attention": .flag(false),
        "dual_cross_attention": .flag(false), "class_embeddings_concat": .flag(false),
        "resnet_skip_time_act": .flag(false), "resnet_out_scale_factor": .number(1),
        "encoder_hid_dim": .null, "encoder_hid_dim_type": .null, "addition_embed_type": .null,
        "time_embedding_type": .text("positional"), "time_embedding_act_fn": .null,
        "timestep_post_act": .null,
        "time_cond_proj_dim": .null, "attention_type": .text("default"), "cross_attention_norm": .null,
        "num_attention_heads": .null, "reverse_transformer_layers_per_block": .null,
    ]

    private func check(_ file: ConfigurationReader) throws {
        try file.require(normGroups, "norm_num_groups", divides: channels, "a level's channels")
        for (level, width) in channels.enumerated() {
            let attends =
                downBlocks[level] == .crossAttention
                || upBlocks[channels.count - 1 - level] == .crossAttention
            guard attends || (level == channels.count - 1 && midBlock == .crossAttention) else { continue }
            try file.require(heads[level], "attention_head_dim", divides: [width], "a level's channels")
        }
        guard inputKernel % 2 == 1 else { throw file.fault("conv_in_kernel", "must be odd") }
        guard outputKernel % 2 == 1 else { throw file.fault("conv_out_kernel", "must be odd") }
    }
}

extension ConfigurationReader {
    func activation(_ key: String, default name: String) throws -> Activation {
        let name = try text(key) ?? name
        guard let activation = Activation(name: name) else {
            throw fault(key, "the activation '\(name)' is not supported")
        }
        return activation
    }

    /// Null means no middle block; an absent key means the default.
    fileprivate func midBlock() throws -> MidBlockKind? {
        if isNull("mid_block_type") { return nil }
        return try kind("mid_block_type", default: MidBlockKind.crossAttention)
    }

    fileprivate func classEmbedding() throws -> ClassEmbedding {
        switch try text("class_embed_type") {
        case nil: return try optionalSize("num_class_embeds").map { .table(count: $0) } ?? .none
        case "timestep": return .timestep
        case "projection":
            guard let width = try optionalSize("projection_class_embeddings_input_dim") else {
                throw fault(
                    "projection_class_embeddings_input_dim", "is needed when class_embed_type is 'projection'"
                )
            }
            return .projection(width: width)
        case let other?:
            throw fault(
                "class_embed_type", "'\(other)' is not supported; known are null, 'timestep', 'projection'")
        }
    }
}
