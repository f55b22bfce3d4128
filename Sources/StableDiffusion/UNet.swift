// The denoising network of latent diffusion: diffusers' `UNet2DConditionModel`.

public import Arrays
public import Autograd
public import Checkpoints
import Layers

/// A second condition of the network, beside the tokens, one entry per batch entry.
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
    let input: Convolution2D
    let sinusoids: Sinusoids
    let time: EmbeddingPerceptron
    let label: LabelEmbedding
    let down: [UNetDownBlock]
    let middle: UNetMidBlock?
    let up: [UNetUpBlock]
    let outputNorm: GroupNorm
    let output: Convolution2D

    /// Opens a folder with `config.json` and `diffusion_pytorch_model.safetensors`, whole or in shards.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or tensors do not fit it.
    public init(folder: String) throws {
        let configuration = try loadConfiguration(UNetConfiguration.self, from: folder + "/config.json")
        let weights = try WeightScope.open(folder: folder)
        try self.init(configuration, from: weights)
        try weights.finish()
    }

    public init(_ configuration: UNetConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        let channels = configuration.channels
        let width = configuration.timeEmbeddingWidth
        input = try Convolution2D(
            weights: weights.scope("conv_in"), in: configuration.inChannels, out: channels[0],
            kernel: configuration.inputKernel, padding: Padding(configuration.inputKernel / 2))
        sinusoids = Sinusoids(
            width: channels[0], cosineFirst: configuration.flipsSineToCosine,
            shift: configuration.frequencyShift)
        time = try EmbeddingPerceptron(
            weights: weights.scope("time_embedding"), in: channels[0], out: width,
            activation: configuration.activation)
        label = try LabelEmbedding(configuration, from: weights.scope("class_embedding"))
        let levels = channels.indices
        down = try levels.map {
            try UNetDownBlock(configuration, level: $0, from: weights.scope("down_blocks.\($0)"))
        }
        middle = try configuration.midBlock.map {
            try UNetMidBlock(configuration, kind: $0, from: weights.scope("mid_block"))
        }
        up = try levels.map {
            try UNetUpBlock(
                configuration, level: channels.count - 1 - $0, from: weights.scope("up_blocks.\($0)"))
        }
        outputNorm = try GroupNorm(
            weights: weights.scope("conv_norm_out"), groups: configuration.normGroups, channels: channels[0],
            epsilon: configuration.normEpsilon)
        output = try Convolution2D(
            weights: weights.scope("conv_out"), in: channels[0], out: configuration.outChannels,
            kernel: configuration.outputKernel, padding: Padding(configuration.outputKernel / 2))
    }

    /// Predicts from noisy latents.
    /// - Parameters:
    ///   - sample: `[batch, height, width, inChannels]`, any height and width of at least one.
    ///   - timesteps: one per batch entry, or one for all.
    ///   - context: condition tokens `[batch, tokens, crossAttentionWidth]`.
    ///   - labels: the second condition; needed exactly when the configuration has one.
    /// - Returns: `[batch, height, width, outChannels]`.
    public func callAsFunction(
        _ sample: Tensor, timesteps: [Float], context: Tensor, labels: ClassLabels? = nil
    ) -> Tensor {
        let batch = sample.shape[0]
        precondition(
            sample.shape.count == 4 && sample.shape[3] == configuration.inChannels,
            "U-Net: sample \(sample.shape), expected [batch, height, width, \(configuration.inChannels)]")
        precondition(
            context.shape.count == 3 && context.shape[0] == batch
                && context.shape[2] == configuration.crossAttentionWidth,
            "U-Net: context \(context.shape), expected [\(batch), tokens, \(configuration.crossAttentionWidth)]"
        )
        precondition(
            timesteps.count == 1 || timesteps.count == batch,
            "U-Net: \(timesteps.count) timesteps for a batch of \(batch)")
        let times = timesteps.count == batch ? timesteps : Array(repeating: timesteps[0], count: batch)
        let condition = UNetCondition(time: embedding(times, labels), context: context)

        var x = input(configuration.centersInput ? sample * 2 - 1 : sample)
        var skips = [x]
        for block in down { x = block(x, condition, skips: &skips) }
        if let middle { x = middle(x, condition) }
        for block in up { x = block(x, condition, skips: &skips) }
        return output(outputNorm(x, then: configuration.activation))
    }

    // MARK: Helpers

    /// The time embedding with the class joined, activated once for all blocks, which each only project it.
    private func embedding(_ times: [Float], _ labels: ClassLabels?) -> Tensor {
        let embedded = time(Tensor(sinusoids(times)))
        switch (label, labels) {
        case (.none, nil): return configuration.activation(embedded)
        case (.table(let table), .classes(let classes)?):
            return configuration.activation(embedded + table(classes))
        case (.timestep(let perceptron), .timesteps(let values)?):
            return configuration.activation(embedded + perceptron(Tensor(sinusoids(values))))
        case (.projection(let perceptron), .vectors(let values)?):
            return configuration.activation(embedded + perceptron(Tensor(values)))
        default:
            let given = labels.map { "\($0)" } ?? "none"
            preconditionFailure("U-Net: labels \(given) for class embedding \(configuration.classEmbedding)")
        }
    }
}

/// How the second condition becomes a vector.
enum LabelEmbedding: Sendable {
    case none
    case table(Embedding)
    case timestep(EmbeddingPerceptron)
    case projection(EmbeddingPerceptron)

    init(_ configuration: UNetConfiguration, from weights: WeightScope) throws {
        let width = configuration.timeEmbeddingWidth
        switch configuration.classEmbedding {
        case .none: self = .none
        case .table(let count): self = .table(try Embedding(weights: weights, count: count, size: width))
        case .timestep:
            self = .timestep(
                try EmbeddingPerceptron(
                    weights: weights, in: configuration.channels[0], out: width,
                    activation: configuration.activation))
        case .projection(let inner):
            self = .projection(
                try EmbeddingPerceptron(weights: weights, in: inner, out: width, activation: .silu))
        }
    }
}
