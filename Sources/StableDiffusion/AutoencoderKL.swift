// The autoencoder between images and latents: diffusers' `AutoencoderKL`.

public import Arrays
public import Autograd
public import Checkpoints
import Layers

/// The diagonal normal distribution of the latents that an encoder predicts.
public struct DiagonalGaussian: Sendable {
    /// Mean, which is also the mode, `[batch, height, width, latentChannels]`.
    public let mean: Tensor
    /// Logarithm of the variance before it is clamped to [-30, 20], same shape.
    let rawLogVariance: Tensor

    /// Logarithm of the variance, in [-30, 20].
    public var logVariance: Tensor { rawLogVariance.clamped(-30...20) }

    /// A sample: `mean + exp(logVariance / 2) · noise`.
    /// - Parameter noise: standard normal, shape of the mean.
    public func sample(noise: NDArray) -> Tensor {
        precondition(noise.shape == mean.shape, "latent noise \(noise.shape), expected \(mean.shape)")
        return mean + (logVariance * 0.5).exp() * Tensor(noise)
    }
}

/// A convolutional autoencoder with one attention layer in the middle of encoder and decoder.
///
/// Images are in [-1, 1]. Differentiable in its input. Latents are unscaled here; see `Autoencoder` for the scaled
/// ones. Source: Rombach et al. 2022, appendix G; diffusers `autoencoder_kl.py`, `vae.py`.
public struct AutoencoderKL: Sendable {
    public let configuration: AutoencoderKLConfiguration
    let encoder: Encoder
    let decoder: Decoder
    let quant: Convolution2D?
    let postQuant: Convolution2D?

    /// Opens a folder with `config.json` and `diffusion_pytorch_model.safetensors`.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or tensors do not fit it.
    public init(folder: String, precision: Precision = .float32) throws {
        let configuration = try loadConfiguration(
            AutoencoderKLConfiguration.self, from: folder + "/config.json")
        let weights = try WeightScope.open(folder: folder).multiplied(in: precision)
        try self.init(configuration, from: weights)
        try weights.finish()
    }

    public init(_ configuration: AutoencoderKLConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        let latents = configuration.latentChannels
        encoder = try Encoder(configuration, from: weights.scope("encoder"))
        decoder = try Decoder(configuration, from: weights.scope("decoder"))
        quant =
            configuration.usesQuantConvolution
            ? try Convolution2D(
                from: weights.scope("quant_conv"), in: 2 * latents, out: 2 * latents, kernel: 1)
            : nil
        postQuant =
            configuration.usesPostQuantConvolution
            ? try Convolution2D(
                from: weights.scope("post_quant_conv"), in: latents, out: latents, kernel: 1)
            : nil
    }

    /// The distribution of an image's latents.
    /// - Parameter image: `[batch, height, width, inChannels]` in [-1, 1].
    public func encode(_ image: Tensor) -> DiagonalGaussian {
        precondition(
            image.shape.count == 4 && image.shape[3] == configuration.inChannels,
            "autoencoder: image \(image.shape), expected [batch, height, width, \(configuration.inChannels)]")
        let encoded = encoder(image)
        let moments = quant?(encoded) ?? encoded
        let latents = configuration.latentChannels
        return DiagonalGaussian(
            mean: moments.sliced(axis: 3, 0..<latents),
            rawLogVariance: moments.sliced(axis: 3, latents..<2 * latents))
    }

    /// The image of latents, about [-1, 1] and not clamped.
    /// - Parameter latents: `[batch, height, width, latentChannels]`, unscaled.
    public func decode(_ latents: Tensor) -> Tensor {
        precondition(
            latents.shape.count == 4 && latents.shape[3] == configuration.latentChannels,
            "autoencoder: latents \(latents.shape), expected [batch, height, width, \(configuration.latentChannels)]"
        )
        return decoder(postQuant?(latents) ?? latents)
    }
}

// MARK: Encoder and decoder

extension AutoencoderKL {
    struct Encoder: Sendable {
        let input: Convolution2D
        let levels: [[ResidualBlock]]
        let downsamplers: [Downsampler]
        let middle: AutoencoderMiddle
        let outputNorm: GroupNorm
        let output: Convolution2D
        let activation = Activation.silu

        init(_ configuration: AutoencoderKLConfiguration, from weights: WeightScope) throws {
            let channels = configuration.channels
            let style = configuration.residualStyle
            input = try Convolution2D(
                from: weights.scope("conv_in"), in: configuration.inChannels, out: channels[0], kernel: 3,
                padding: 1)
            levels = try channels.indices.map { level in
                try (0..<configuration.layersPerBlock).map { index in
                    let inner = index == 0 ? channels[max(level - 1, 0)] : channels[level]
                    return try ResidualBlock(
                        from: weights.scope("down_blocks.\(level).resnets.\(index)"), in: inner,
                        out: channels[level], style: style)
                }
            }
            downsamplers = try channels.indices.dropLast().map { level in
                try Downsampler(
                    from: weights.scope("down_blocks.\(level).downsamplers.0"), channels: channels[level],
                    padding: 0)
            }
            let last = channels[channels.count - 1]
            middle = try AutoencoderMiddle(configuration, from: weights.scope("mid_block"))
            outputNorm = try GroupNorm(
                from: weights.scope("conv_norm_out"), groups: configuration.normGroups, channels: last,
                epsilon: 1e-6)
            output = try Convolution2D(
                from: weights.scope("conv_out"), in: last, out: 2 * configuration.latentChannels,
                kernel: 3,
                padding: 1)
        }

        func callAsFunction(_ image: Tensor) -> Tensor {
            var x = input(image)
            for (level, blocks) in levels.enumerated() {
                for block in blocks { x = block(x) }
                if level < downsamplers.count { x = downsamplers[level](x) }
            }
            x = middle(x)
            return output(x, after: outputNorm, then: activation)
        }
    }

    struct Decoder: Sendable {
        let input: Convolution2D
        let middle: AutoencoderMiddle
        /// Coarsest level first.
        let levels: [[ResidualBlock]]
        let upsamplers: [Upsampler]
        let outputNorm: GroupNorm
        let output: Convolution2D
        let activation = Activation.silu

        init(_ configuration: AutoencoderKLConfiguration, from weights: WeightScope) throws {
            let channels = Array(configuration.channels.reversed())
            let style = configuration.residualStyle
            input = try Convolution2D(
                from: weights.scope("conv_in"), in: configuration.latentChannels, out: channels[0],
                kernel: 3,
                padding: 1)
            middle = try AutoencoderMiddle(configuration, from: weights.scope("mid_block"))
            levels = try channels.indices.map { level in
                try (0...configuration.layersPerBlock).map { index in
                    let inner = index == 0 ? channels[max(level - 1, 0)] : channels[level]
                    return try ResidualBlock(
                        from: weights.scope("up_blocks.\(level).resnets.\(index)"), in: inner,
                        out: channels[level], style: style)
                }
            }
            upsamplers = try channels.indices.dropLast().map { level in
                try Upsampler(
                    from: weights.scope("up_blocks.\(level).upsamplers.0"), channels: channels[level])
            }
            let last = channels[channels.count - 1]
            outputNorm = try GroupNorm(
                from: weights.scope("conv_norm_out"), groups: configuration.normGroups, channels: last,
                epsilon: 1e-6)
            output = try Convolution2D(
                from: weights.scope("conv_out"), in: last, out: configuration.outChannels, kernel: 3,
                padding: 1)
        }

        func callAsFunction(_ latents: Tensor) -> Tensor {
            var x = middle(input(latents))
            for (level, blocks) in levels.enumerated() {
                for block in blocks { x = block(x) }
                if level < upsamplers.count { x = upsamplers[level](x) }
            }
            return output(x, after: outputNorm, then: activation)
        }
    }
}

/// Residual block, attention, residual block: diffusers' `UNetMidBlock2D` as the autoencoder uses it.
struct AutoencoderMiddle: Sendable {
    let first: ResidualBlock
    let attention: PixelAttention?
    let second: ResidualBlock

    init(_ configuration: AutoencoderKLConfiguration, from weights: WeightScope) throws {
        let width = configuration.channels[configuration.channels.count - 1]
        let style = configuration.residualStyle
        first = try ResidualBlock(from: weights.scope("resnets.0"), in: width, out: width, style: style)
        attention =
            configuration.middleAttends
            ? try PixelAttention(
                from: weights.scope("attentions.0"), channels: width, groups: configuration.normGroups)
            : nil
        second = try ResidualBlock(from: weights.scope("resnets.1"), in: width, out: width, style: style)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let y = first(x)
        return second(attention?(y) ?? y)
    }
}

/// Single-head self-attention over the pixels of a feature map, with biases and a residual.
struct PixelAttention: Sendable {
    let norm: GroupNorm
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear

    /// Reads current names or those of the first release, which published autoencoders still have.
    init(from weights: WeightScope, channels: Int, groups: Int) throws {
        let old = weights.contains("query.weight")
        func layer(_ new: String, _ before: String) throws -> Linear {
            try .pixelwise(stored: weights.scope(old ? before : new), channels: channels)
        }
        norm = try GroupNorm(
            from: weights.scope("group_norm"), groups: groups, channels: channels, epsilon: 1e-6)
        query = try layer("to_q", "query")
        key = try layer("to_k", "key")
        value = try layer("to_v", "value")
        output = try layer("to_out.0", "proj_attn")
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let (batch, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let tokens = norm(x).reshaped([batch, height * width, channels])
        let mixed = multiHeadAttention(
            query(tokens), key(tokens), value(tokens), heads: 1, precision: query.weight.precision)
        return output(mixed, plus: x.reshaped(tokens.shape)).reshaped(x.shape)
    }
}

extension Linear {
    /// A square linear layer on every pixel, stored as a matrix or as a 1 × 1 convolution.
    static func pixelwise(stored weights: WeightScope, channels: Int) throws -> Linear {
        let linear = weights.shape(of: "weight").map { $0.count == 2 } ?? true
        return try pixelwise(from: weights, channels: channels, linear: linear)
    }
}
