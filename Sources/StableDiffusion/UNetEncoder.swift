// The encoder and middle block of the denoising network, which a ControlNet copies.

import Arrays
import Autograd
import Checkpoints
import Layers

/// The first half of a U-Net, with the embeddings that condition both halves.
struct UNetEncoder: Sendable {
    let configuration: UNetConfiguration
    let input: Convolution2D
    let sinusoids: Sinusoids
    let time: EmbeddingPerceptron
    let label: LabelEmbedding
    let down: [UNetDownBlock]
    let middle: UNetMidBlock?

    init(_ configuration: UNetConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        let channels = configuration.channels
        input = try Convolution2D(
            from: weights.scope("conv_in"), in: configuration.inChannels, out: channels[0],
            kernel: configuration.inputKernel, padding: Padding(configuration.inputKernel / 2))
        sinusoids = Sinusoids(
            width: channels[0], cosineFirst: configuration.flipsSineToCosine,
            shift: configuration.frequencyShift)
        time = try EmbeddingPerceptron(
            from: weights.scope("time_embedding"), in: channels[0], out: configuration.timeEmbeddingWidth,
            activation: configuration.activation)
        label = try LabelEmbedding(configuration, from: weights.scope("class_embedding"))
        down = try channels.indices.map {
            try UNetDownBlock(configuration, level: $0, from: weights.scope("down_blocks.\($0)"))
        }
        middle = try configuration.midBlock.map {
            try UNetMidBlock(configuration, kind: $0, from: weights.scope("mid_block"))
        }
    }

    /// The conditions of all levels, from arguments as in `UNet2DConditionModel`.
    func condition(
        _ sample: Tensor, timesteps: [Float], context: Tensor, labels: ClassLabels?,
        attention: AttentionEdit?
    ) -> UNetCondition {
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
        return UNetCondition(time: embedding(times, labels), context: context, attention: attention)
    }

    /// - Parameter hint: added to the first features, `[batch or 1, height, width, channels]`.
    /// - Returns: the middle block's features, and the skip connections for the decoder or a ControlNet.
    func callAsFunction(
        _ sample: Tensor, _ condition: UNetCondition, hint: Tensor? = nil
    ) -> (middle: Tensor, skips: [Tensor]) {
        var x = input(configuration.centersInput ? sample * 2 - 1 : sample)
        if let hint { x = x + hint }
        var skips = [x]
        for block in down { x = block(x, condition, skips: &skips) }
        if let middle { x = middle(x, condition) }
        return (x, skips)
    }

    // MARK: Helpers

    /// The time embedding with the class embedding added, activated once for all blocks, each of which only projects
    /// it.
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

/// Embeddings of the additional condition.
enum LabelEmbedding: Sendable {
    case none
    case table(Embedding)
    case timestep(EmbeddingPerceptron)
    case projection(EmbeddingPerceptron)

    init(_ configuration: UNetConfiguration, from weights: WeightScope) throws {
        let width = configuration.timeEmbeddingWidth
        switch configuration.classEmbedding {
        case .none: self = .none
        case .table(let count): self = .table(try Embedding(from: weights, count: count, size: width))
        case .timestep:
            self = .timestep(
                try EmbeddingPerceptron(
                    from: weights, in: configuration.channels[0], out: width,
                    activation: configuration.activation))
        case .projection(let inner):
            self = .projection(
                try EmbeddingPerceptron(from: weights, in: inner, out: width, activation: .silu))
        }
    }
}
