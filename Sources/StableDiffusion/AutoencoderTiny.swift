// The small distilled autoencoder: diffusers' `AutoencoderTiny`, after TAESD.

public import Arrays
public import Autograd
public import Checkpoints
import Layers

/// A convolutional autoencoder whose latents approximate the scaled ones of `AutoencoderKL`.
///
/// Images are in [-1, 1]. Differentiable in its input.
/// Source: diffusers `autoencoder_tiny.py`; github.com/madebyollin/taesd.
public struct AutoencoderTiny: Sendable {
    public let configuration: AutoencoderTinyConfiguration
    let encoder: [Layer]
    let decoder: [Layer]

    /// One layer of encoder or decoder.
    enum Layer: Sendable {
        case convolution(Convolution2D)
        case activation(Activation)
        case block(TinyBlock)
        case upsampling(Int)

        func callAsFunction(_ x: Tensor) -> Tensor {
            switch self {
            case .convolution(let convolution): convolution(x)
            case .activation(let activation): activation(x)
            case .block(let block): block(x)
            case .upsampling(let factor): x.upsampledNearest(factor)
            }
        }
    }

    /// Opens a folder with `config.json` and `diffusion_pytorch_model.safetensors`.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or tensors do not fit it.
    public init(folder: String, precision: Precision = .float32) throws {
        let configuration = try loadConfiguration(
            AutoencoderTinyConfiguration.self, from: folder + "/config.json")
        let weights = try WeightScope.open(folder: folder).multiplied(in: precision)
        try self.init(configuration, from: weights)
        try weights.finish()
    }

    public init(_ configuration: AutoencoderTinyConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        encoder = try AutoencoderTiny.encoder(configuration, weights.scope("encoder.layers"))
        decoder = try AutoencoderTiny.decoder(configuration, weights.scope("decoder.layers"))
    }

    /// The latents of an image.
    /// - Parameter image: `[batch, height, width, inChannels]` in [-1, 1].
    public func encode(_ image: Tensor) -> Tensor {
        precondition(
            image.shape.count == 4 && image.shape[3] == configuration.inChannels,
            "tiny autoencoder: image \(image.shape), expected [batch, height, width, \(configuration.inChannels)]"
        )
        return encoder.reduce(image * 0.5 + 0.5) { $1($0) }
    }

    /// The image of latents, about [-1, 1] and not clamped.
    /// - Parameter latents: `[batch, height, width, latentChannels]`; softly clamped to ±3.
    public func decode(_ latents: Tensor) -> Tensor {
        precondition(
            latents.shape.count == 4 && latents.shape[3] == configuration.latentChannels,
            "tiny autoencoder: latents \(latents.shape), expected [batch, height, width, \(configuration.latentChannels)]"
        )
        return decoder.reduce((latents / 3).tanh() * 3) { $1($0) } * 2 - 1
    }

    /// Latents as an image in [0, 1], as TAESD previews and stores them.
    public func scaled(_ latents: Tensor) -> Tensor {
        (latents / (2 * configuration.latentMagnitude) + configuration.latentShift).clamped(0...1)
    }

    /// The inverse of `scaled` for values that were not clamped.
    public func unscaled(_ picture: Tensor) -> Tensor {
        (picture - configuration.latentShift) * (2 * configuration.latentMagnitude)
    }

    // MARK: Layers, numbered in the file in the order of execution

    private static func encoder(_ configuration: AutoencoderTinyConfiguration, _ weights: WeightScope) throws
        -> [Layer]
    {
        let width = configuration.encoderChannels[0]
        var layers: [Layer] = []
        for (stage, blocks) in configuration.encoderBlocks.enumerated() {
            let first = stage == 0
            layers.append(
                .convolution(
                    try Convolution2D(
                        from: weights[layers.count], in: first ? configuration.inChannels : width,
                        out: width,
                        kernel: 3, stride: first ? 1 : 2, padding: 1, bias: first)))
            for _ in 0..<blocks {
                layers.append(
                    .block(
                        try TinyBlock(
                            from: weights[layers.count], width: width, activation: configuration.activation)))
            }
        }
        layers.append(
            .convolution(
                try Convolution2D(
                    from: weights[layers.count], in: width, out: configuration.latentChannels, kernel: 3,
                    padding: 1)))
        return layers
    }

    private static func decoder(_ configuration: AutoencoderTinyConfiguration, _ weights: WeightScope) throws
        -> [Layer]
    {
        let width = configuration.decoderChannels[0]
        var layers: [Layer] = [
            .convolution(
                try Convolution2D(
                    from: weights[0], in: configuration.latentChannels, out: width, kernel: 3, padding: 1)),
            .activation(configuration.activation),
        ]
        for (stage, blocks) in configuration.decoderBlocks.enumerated() {
            let final = stage == configuration.decoderBlocks.count - 1
            for _ in 0..<blocks {
                layers.append(
                    .block(
                        try TinyBlock(
                            from: weights[layers.count], width: width, activation: configuration.activation)))
            }
            if !final { layers.append(.upsampling(configuration.upscale)) }
            layers.append(
                .convolution(
                    try Convolution2D(
                        from: weights[layers.count], in: width,
                        out: final ? configuration.outChannels : width,
                        kernel: 3, padding: 1, bias: final)))
        }
        return layers
    }
}

/// Three convolutions with activations in between, a residual connection, and ReLU of the sum.
struct TinyBlock: Sendable {
    let convolutions: [Convolution2D]
    let activation: Activation

    init(from weights: WeightScope, width: Int, activation: Activation) throws {
        convolutions = try [0, 2, 4].map {
            try Convolution2D(
                from: weights.scope("conv.\($0)"), in: width, out: width, kernel: 3, padding: 1)
        }
        self.activation = activation
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let inner = convolutions[1](convolutions[0](x, then: activation), then: activation)
        return convolutions[2](inner, plus: x, finally: .relu)
    }
}
