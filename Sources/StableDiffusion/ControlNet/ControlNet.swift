// A network that conditions the denoiser on an image: diffusers' `ControlNetModel`.

public import Arrays
public import Autograd
public import Checkpoints
import Foundation
import Layers

/// Residuals that ControlNets add to a U-Net's features.
public struct ControlResiduals: Sendable {
    /// One per skip connection, `[batch, height, width, channels]`.
    public let skips: [Tensor]
    public let middle: Tensor

    /// The sum of the residuals of two ControlNets.
    public static func + (a: ControlResiduals, b: ControlResiduals) -> ControlResiduals {
        ControlResiduals(skips: a.added(toSkips: b.skips), middle: a.middle + b.middle)
    }

    public static func * (residuals: ControlResiduals, scale: Float) -> ControlResiduals {
        ControlResiduals(skips: residuals.skips.map { $0 * scale }, middle: residuals.middle * scale)
    }

    func added(toSkips others: [Tensor]) -> [Tensor] {
        precondition(
            skips.count == others.count, "ControlNet: \(skips.count) residuals for \(others.count) features")
        return zip(others, skips).map { $0 + $1 }
    }
}

/// A copy of a U-Net's encoder with an image as an additional input, whose outputs pass 1 × 1 convolutions
/// initialised to zero before training.
///
/// Source: Zhang et al. 2023, "Adding Conditional Control to Text-to-Image Diffusion Models", section 3; diffusers
/// `controlnet.py`.
public struct ControlNet: Sendable {
    public let configuration: ControlNetConfiguration
    let encoder: UNetEncoder
    let hint: HintEmbedding
    let outputs: [Convolution2D]
    let middleOutput: Convolution2D

    /// Opens a folder in diffusers' format, or one file of the original layout.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or tensors do not fit it.
    public init(path: String, precision: Precision = .float32) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue
        else {
            try self.init(folder: path, precision: precision)
            return
        }
        try self.init(SingleFileControlNet(WeightScope.open(path).multiplied(in: precision)))
    }

    /// A ControlNet of the original layout.
    package init(_ file: SingleFileControlNet) throws {
        try self.init(file.configuration, from: file.weights)
        try file.weights.finish()
    }

    /// Opens a folder with `config.json` and `diffusion_pytorch_model.safetensors`.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or tensors do not fit it.
    public init(folder: String, precision: Precision = .float32) throws {
        let configuration = try loadConfiguration(
            ControlNetConfiguration.self, from: folder + "/config.json")
        let weights = try WeightScope.open(folder: folder).multiplied(in: precision)
        try self.init(configuration, from: weights)
        try weights.finish()
    }

    public init(_ configuration: ControlNetConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        let network = configuration.network
        encoder = try UNetEncoder(network, from: weights)
        hint = try HintEmbedding(configuration, from: weights.scope("controlnet_cond_embedding"))
        func pixelwise(_ name: String, _ width: Int) throws -> Convolution2D {
            try Convolution2D(from: weights.scope(name), in: width, out: width, kernel: 1)
        }
        outputs = try ControlNet.skipWidths(network).enumerated().map {
            try pixelwise("controlnet_down_blocks.\($0.offset)", $0.element)
        }
        middleOutput = try pixelwise("controlnet_mid_block", network.channels[network.channels.count - 1])
    }

    /// Features of a conditioning image, which are the same for all steps.
    /// - Parameter picture: `[batch, height, width, pictureChannels]` in [0, 1], RGB; height and width are
    ///   `downscale` times those of the latents.
    /// - Returns: `[batch, height / downscale, width / downscale, channels]`.
    public func embedding(of picture: Tensor) -> Tensor {
        precondition(
            picture.rank == 4 && picture.shape[3] == configuration.pictureChannels,
            "ControlNet: picture \(picture.shape), expected [batch, height, width, \(configuration.pictureChannels)]"
        )
        guard configuration.channelOrder == .bgr else { return hint(picture) }
        let channels = picture.split(configuration.pictureChannels, axis: 3)
        return hint(Tensor.concatenated(channels.reversed(), axis: 3))
    }

    /// The residuals of a denoising step at scale 1.
    /// - Parameters:
    ///   - sample: noisy latents `[batch, height, width, inChannels]`.
    ///   - timesteps: one per batch entry, or one for all.
    ///   - context: condition tokens `[batch, tokens, width]`.
    ///   - hint: the result of `embedding`, `[batch or 1, height, width, channels]`.
    public func callAsFunction(
        _ sample: Tensor, timesteps: [Float], context: Tensor, hint: Tensor, labels: ClassLabels? = nil
    ) -> ControlResiduals {
        precondition(
            hint.shape[1] == sample.shape[1] && hint.shape[2] == sample.shape[2],
            "ControlNet: a picture embedded to \(hint.shape) for latents \(sample.shape)")
        let condition = encoder.condition(
            sample, timesteps: timesteps, context: context, labels: labels, attention: nil)
        let features = encoder(sample, condition, hint: hint)
        func pooled(_ x: Tensor) -> Tensor {
            configuration.poolsResiduals ? x.mean(axes: [1, 2], keepDims: true) : x
        }
        return ControlResiduals(
            skips: zip(outputs, features.skips).map { pooled($0($1)) },
            middle: pooled(middleOutput(features.middle)))
    }

    /// The reason why this ControlNet does not fit the pipeline; nil if it does.
    public func misfit(with pipeline: DiffusionPipeline) -> String? {
        let (own, steered) = (configuration.network, pipeline.unet.configuration)
        func difference(_ what: String, _ mine: some Equatable, _ other: some Equatable) -> String {
            "the ControlNet was made for another model: \(what) \(mine) where the diffusion model has \(other)"
        }
        if own.crossAttentionWidth != steered.crossAttentionWidth {
            return difference("text of width", own.crossAttentionWidth, steered.crossAttentionWidth)
        }
        if own.channels != steered.channels { return difference("channels", own.channels, steered.channels) }
        if own.layersPerBlock != steered.layersPerBlock {
            return difference("layers", own.layersPerBlock, steered.layersPerBlock)
        }
        let autoencoder = pipeline.autoencoder
        if own.inChannels != autoencoder.latentChannels {
            return difference("latents of width", own.inChannels, autoencoder.latentChannels)
        }
        guard configuration.downscale == autoencoder.downscale else {
            return difference("pixels per latent", configuration.downscale, autoencoder.downscale)
        }
        return nil
    }

    /// Channels of all skip connections, in order.
    private static func skipWidths(_ network: UNetConfiguration) -> [Int] {
        let levels = network.channels.indices
        return [network.channels[0]]
            + levels.flatMap { level in
                let maps = network.layersPerBlock[level] + (level == levels.last ? 0 : 1)
                return Array(repeating: network.channels[level], count: maps)
            }
    }
}

/// The small convolutional network that reduces the conditioning image to the size of the latents.
struct HintEmbedding: Sendable {
    let layers: [Convolution2D]
    let output: Convolution2D

    init(_ configuration: ControlNetConfiguration, from weights: WeightScope) throws {
        let widths = configuration.embeddingChannels
        var layers = [
            try Convolution2D(
                from: weights.scope("conv_in"), in: configuration.pictureChannels, out: widths[0],
                kernel: 3,
                padding: 1)
        ]
        for (index, (inner, outer)) in zip(widths, widths.dropFirst()).enumerated() {
            layers.append(
                try Convolution2D(
                    from: weights.scope("blocks.\(2 * index)"), in: inner, out: inner, kernel: 3,
                    padding: 1))
            layers.append(
                try Convolution2D(
                    from: weights.scope("blocks.\(2 * index + 1)"), in: inner, out: outer, kernel: 3,
                    stride: 2, padding: 1))
        }
        self.layers = layers
        output = try Convolution2D(
            from: weights.scope("conv_out"), in: widths[widths.count - 1],
            out: configuration.network.channels[0], kernel: 3, padding: 1)
    }

    func callAsFunction(_ picture: Tensor) -> Tensor {
        output(layers.reduce(picture) { $1($0, then: .silu) })
    }
}
