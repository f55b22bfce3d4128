// The denoising network of latent diffusion: diffusers' `UNet2DConditionModel`.

public import Arrays
public import Autograd
public import Checkpoints
import Layers

/// An additional condition of the network besides the tokens, one per batch entry.
public enum ClassLabels: Sendable {
    case classes([Int])
    case timesteps([Float])
    /// `[batch, width]`.
    case vectors(NDArray)
}

/// A U-Net that predicts noise, velocity or the clean latents from noisy latents, a timestep and condition tokens.
///
/// Source: Rombach et al. 2022, section 3; diffusers `unet_2d_condition.py`.
public struct UNet2DConditionModel: Sendable {
    public let configuration: UNetConfiguration
    let encoder: UNetEncoder
    let up: [UNetUpBlock]
    let outputNorm: GroupNorm
    let output: Convolution2D

    /// Opens a folder with `config.json` and `diffusion_pytorch_model.safetensors`, in one file or in shards.
    /// - Parameter adapt: transforms the weights while they are loaded, for example merges adapters.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or tensors do not fit it.
    public init(
        folder: String, precision: Precision = .float32,
        adapt: (WeightScope) throws -> WeightScope = { $0 }
    ) throws {
        let configuration = try loadConfiguration(UNetConfiguration.self, from: folder + "/config.json")
        let weights = try adapt(WeightScope.open(folder: folder).multiplied(in: precision))
        try self.init(configuration, from: weights)
        try weights.finish()
    }

    public init(_ configuration: UNetConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        let channels = configuration.channels
        encoder = try UNetEncoder(configuration, from: weights)
        up = try channels.indices.map {
            try UNetUpBlock(
                configuration, level: channels.count - 1 - $0, from: weights.scope("up_blocks.\($0)"))
        }
        outputNorm = try GroupNorm(
            from: weights.scope("conv_norm_out"), groups: configuration.normGroups, channels: channels[0],
            epsilon: configuration.normEpsilon)
        output = try Convolution2D(
            from: weights.scope("conv_out"), in: channels[0], out: configuration.outChannels,
            kernel: configuration.outputKernel, padding: Padding(configuration.outputKernel / 2))
    }

    /// Predicts from noisy latents.
    /// - Parameters:
    ///   - sample: `[batch, height, width, inChannels]`, any height and width of at least one.
    ///   - timesteps: one per batch entry, or one for all.
    ///   - context: condition tokens `[batch, tokens, crossAttentionWidth]`.
    ///   - labels: the additional condition; required exactly if the configuration has one.
    ///   - control: residuals of ControlNets for the encoder and the middle block.
    ///   - attention: an edit of the attention weights for this call.
    /// - Returns: `[batch, height, width, outChannels]`.
    public func callAsFunction(
        _ sample: Tensor, timesteps: [Float], context: Tensor, labels: ClassLabels? = nil,
        control: ControlResiduals? = nil, attention: AttentionEdit? = nil
    ) -> Tensor {
        let condition = encoder.condition(
            sample, timesteps: timesteps, context: context, labels: labels, attention: attention)
        var (x, skips) = encoder(sample, condition)
        if let control {
            skips = control.added(toSkips: skips)
            x = x + control.middle
        }
        for block in up { x = block(x, condition, skips: &skips) }
        return output(x, after: outputNorm, then: configuration.activation)
    }
}
