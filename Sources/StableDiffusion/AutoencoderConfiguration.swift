// The configurations of the two autoencoders, as diffusers writes them.

public import Layers

/// The settings of diffusers' `AutoencoderKL`, with its defaults.
public struct AutoencoderKLConfiguration: Decodable, Sendable, Hashable {
    private enum DownKind: String, CaseIterable {
        case plain = "DownEncoderBlock2D"
    }

    private enum UpKind: String, CaseIterable {
        case plain = "UpDecoderBlock2D"
    }

    public let inChannels: Int
    public let outChannels: Int
    /// Channels per level, finest first.
    public let channels: [Int]
    public let layersPerBlock: Int
    public let activation: Activation
    public let latentChannels: Int
    public let normGroups: Int
    /// Factor of the latents for the denoiser.
    public let scalingFactor: Float
    /// Subtracted from the latents before scaling.
    public let shiftFactor: Float
    public let usesQuantConvolution: Bool
    public let usesPostQuantConvolution: Bool
    public let middleAttends: Bool

    /// Pixels per latent pixel along each side.
    public var downscale: Int { 1 << (channels.count - 1) }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationReader(decoder, className: "AutoencoderKL")
        try file.refuse(["latents_mean": .null, "latents_std": .null])
        inChannels = try file.size("in_channels", default: 3)
        outChannels = try file.size("out_channels", default: 3)
        channels = try file.sizes("block_out_channels", default: [64])
        guard channels.count <= 16 else { throw file.fault("block_out_channels", "more than 16 levels") }
        let downs = try file.kinds("down_block_types", default: [DownKind.plain])
        let ups = try file.kinds("up_block_types", default: [UpKind.plain])
        try file.requireCount(downs.count, channels.count, "down_block_types")
        try file.requireCount(ups.count, channels.count, "up_block_types")
        layersPerBlock = try file.size("layers_per_block", default: 1)
        activation = try file.activation("act_fn", default: "silu")
        latentChannels = try file.size("latent_channels", default: 4)
        normGroups = try file.size("norm_num_groups", default: 32)
        try file.require(normGroups, "norm_num_groups", divides: channels, "a level's channels")
        scalingFactor = Float(try file.number("scaling_factor", default: 0.18215))
        guard scalingFactor > 0 else { throw file.fault("scaling_factor", "must be above zero") }
        shiftFactor = Float(try file.number("shift_factor", default: 0))
        usesQuantConvolution = try file.flag("use_quant_conv", default: true)
        usesPostQuantConvolution = try file.flag("use_post_quant_conv", default: true)
        middleAttends = try file.flag("mid_block_add_attention", default: true)
    }

    var residualStyle: ResidualBlock.Style {
        ResidualBlock.Style(groups: normGroups, epsilon: 1e-6, activation: activation)
    }
}

/// The settings of diffusers' `AutoencoderTiny`, with its defaults.
public struct AutoencoderTinyConfiguration: Decodable, Sendable, Hashable {
    private enum Upsampling: String, CaseIterable {
        case nearest
    }

    public let inChannels: Int
    public let outChannels: Int
    public let encoderChannels: [Int]
    public let decoderChannels: [Int]
    public let activation: Activation
    public let latentChannels: Int
    public let upscale: Int
    public let encoderBlocks: [Int]
    public let decoderBlocks: [Int]
    /// Largest magnitude of a latent when latents are stored as images.
    public let latentMagnitude: Float
    /// The value of a zero latent in such an image.
    public let latentShift: Float
    public let scalingFactor: Float
    public let shiftFactor: Float

    /// Pixels per latent pixel along each side.
    public var downscale: Int { 1 << (encoderBlocks.count - 1) }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationReader(decoder, className: "AutoencoderTiny")
        _ = try file.kind("upsample_fn", default: Upsampling.nearest)
        inChannels = try file.size("in_channels", default: 3)
        outChannels = try file.size("out_channels", default: 3)
        encoderChannels = try file.sizes("encoder_block_out_channels", default: [64, 64, 64, 64])
        decoderChannels = try file.sizes("decoder_block_out_channels", default: [64, 64, 64, 64])
        activation = try file.activation("act_fn", default: "relu")
        latentChannels = try file.size("latent_channels", default: 4)
        upscale = try file.size("upsampling_scaling_factor", default: 2)
        encoderBlocks = try file.sizes("num_encoder_blocks", default: [1, 3, 3, 3])
        decoderBlocks = try file.sizes("num_decoder_blocks", default: [3, 3, 3, 1])
        try file.requireCount(encoderBlocks.count, encoderChannels.count, "num_encoder_blocks")
        try file.requireCount(decoderBlocks.count, decoderChannels.count, "num_decoder_blocks")
        guard encoderBlocks.count <= 16 else { throw file.fault("num_encoder_blocks", "more than 16 levels") }
        latentMagnitude = Float(try file.number("latent_magnitude", default: 3))
        latentShift = Float(try file.number("latent_shift", default: 0.5))
        scalingFactor = Float(try file.number("scaling_factor", default: 1))
        guard scalingFactor > 0 else { throw file.fault("scaling_factor", "must be above zero") }
        shiftFactor = Float(try file.number("shift_factor", default: 0))
        // The width between levels is constant except where a stage overrides it, which no published file does.
        for (key, widths) in [
            ("encoder_block_out_channels", encoderChannels), ("decoder_block_out_channels", decoderChannels),
        ] where Set(widths).count > 1 {
            throw file.fault(key, "stages of different widths do not fit together")
        }
    }
}
