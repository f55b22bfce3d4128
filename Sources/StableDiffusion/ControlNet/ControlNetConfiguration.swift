// The configuration of a ControlNet, as diffusers' `ControlNetModel` writes it.

/// The channel order of a ControlNet's conditioning image.
public enum ChannelOrder: String, Sendable, CaseIterable {
    case rgb
    case bgr
}

/// The settings of a ControlNet, with names and defaults of diffusers' `ControlNetModel`.
public struct ControlNetConfiguration: Decodable, Sendable, Hashable {
    /// The network it conditions, down to the middle block.
    public let network: UNetConfiguration
    /// Channels of the conditioning image.
    public let pictureChannels: Int
    public let channelOrder: ChannelOrder
    /// Widths of the layers that reduce the image to latent size; each after the first halves it.
    public let embeddingChannels: [Int]
    /// Whether the residuals are averaged over the image, so that they carry style but no positions.
    public let poolsResiduals: Bool

    /// Pixels of the image per latent pixel, along each side.
    public var downscale: Int { 1 << (embeddingChannels.count - 1) }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationReader(decoder, className: "ControlNetModel")
        network = try UNetConfiguration(file, hasDecoder: false)
        pictureChannels = try file.size("conditioning_channels", default: 3)
        channelOrder = try file.kind("controlnet_conditioning_channel_order", default: .rgb)
        embeddingChannels = try file.sizes("conditioning_embedding_out_channels", default: [16, 32, 96, 256])
        poolsResiduals = try file.flag("global_pool_conditions", default: false)
        guard embeddingChannels.count <= 8 else {
            throw file.fault(
                "conditioning_embedding_out_channels",
                "has \(embeddingChannels.count) layers; at most 8 are read")
        }
    }
}
