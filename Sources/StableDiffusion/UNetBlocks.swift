// The blocks of the denoising network: encoder, middle, decoder.

import Autograd
import Checkpoints
import Layers

/// The conditions of a level.
struct UNetCondition: Sendable {
    /// The activated time embedding, `[batch, timeWidth]`.
    let time: Tensor
    /// The condition's tokens, `[batch, tokens, width]`.
    let context: Tensor
    /// An edit of the attention weights; with nil, attention is computed without explicit weights.
    let attention: AttentionEdit?
}

/// A residual block, followed by a transformer if the level has attention.
struct UNetLayer: Sendable {
    let residual: ResidualBlock
    let transformer: SpatialTransformer?

    func callAsFunction(_ x: Tensor, _ condition: UNetCondition) -> Tensor {
        let y = residual(x, time: condition.time)
        return transformer?(y, condition) ?? y
    }
}

/// An encoder level: diffusers' `DownBlock2D` and `CrossAttnDownBlock2D`.
struct UNetDownBlock: Sendable {
    let layers: [UNetLayer]
    let downsampler: Downsampler?

    init(_ configuration: UNetConfiguration, level: Int, from weights: WeightScope) throws {
        let channels = configuration.channels
        let attends = configuration.downBlocks[level] == .crossAttention
        layers = try (0..<configuration.layersPerBlock[level]).map { index in
            let inner = index == 0 && level > 0 ? channels[level - 1] : channels[level]
            return UNetLayer(
                residual: try ResidualBlock(
                    from: weights.scope("resnets.\(index)"), in: inner, out: channels[level],
                    style: configuration.residualStyle),
                transformer: attends
                    ? try configuration.transformer(weights.scope("attentions.\(index)"), level: level) : nil)
        }
        downsampler =
            level == channels.count - 1
            ? nil
            : try Downsampler(
                from: weights.scope("downsamplers.0"), channels: channels[level],
                padding: configuration.downsamplePadding)
    }

    /// Returns the level's output and appends its skip connections.
    func callAsFunction(_ x: Tensor, _ condition: UNetCondition, skips: inout [Tensor]) -> Tensor {
        var x = x
        for layer in layers {
            x = layer(x, condition)
            skips.append(x)
        }
        if let downsampler {
            x = downsampler(x)
            skips.append(x)
        }
        return x
    }
}

/// The middle block: diffusers' `UNetMidBlock2DCrossAttn`, or `UNetMidBlock2D` with a single residual block.
struct UNetMidBlock: Sendable {
    let first: ResidualBlock
    let transformer: SpatialTransformer?
    let second: ResidualBlock?

    init(_ configuration: UNetConfiguration, kind: MidBlockKind, from weights: WeightScope) throws {
        let level = configuration.channels.count - 1
        let width = configuration.channels[level]
        var style = configuration.residualStyle
        style.scale = configuration.midBlockScale
        first = try ResidualBlock(from: weights.scope("resnets.0"), in: width, out: width, style: style)
        switch kind {
        case .plain:
            (transformer, second) = (nil, nil)
        case .crossAttention:
            transformer = try configuration.transformer(weights.scope("attentions.0"), level: level)
            second = try ResidualBlock(
                from: weights.scope("resnets.1"), in: width, out: width, style: style)
        }
    }

    func callAsFunction(_ x: Tensor, _ condition: UNetCondition) -> Tensor {
        var x = first(x, time: condition.time)
        if let transformer { x = transformer(x, condition) }
        return second?(x, time: condition.time) ?? x
    }
}

/// A decoder level: diffusers' `UpBlock2D` and `CrossAttnUpBlock2D`.
struct UNetUpBlock: Sendable {
    let layers: [UNetLayer]
    let upsampler: Upsampler?

    /// - Parameter level: the level by resolution, 0 the finest; the decoder starts at the last.
    init(_ configuration: UNetConfiguration, level: Int, from weights: WeightScope) throws {
        let channels = configuration.channels
        let last = channels.count - 1
        let attends = configuration.upBlocks[last - level] == .crossAttention
        let count = configuration.layersPerBlock[level] + 1
        layers = try (0..<count).map { index in
            let below = index == 0 ? channels[min(level + 1, last)] : channels[level]
            let skip = index == count - 1 ? channels[max(level - 1, 0)] : channels[level]
            return UNetLayer(
                residual: try ResidualBlock(
                    from: weights.scope("resnets.\(index)"), in: below + skip, out: channels[level],
                    style: configuration.residualStyle),
                transformer: attends
                    ? try configuration.transformer(weights.scope("attentions.\(index)"), level: level) : nil)
        }
        upsampler =
            level == 0
            ? nil : try Upsampler(from: weights.scope("upsamplers.0"), channels: channels[level])
    }

    /// Consumes this level's skip connections and upsamples to the size of the next remaining one.
    func callAsFunction(_ x: Tensor, _ condition: UNetCondition, skips: inout [Tensor]) -> Tensor {
        var x = x
        for layer in layers {
            x = layer(Tensor.concatenated([x, skips.removeLast()], axis: 3), condition)
        }
        guard let upsampler, let next = skips.last?.shape else { return x }
        return upsampler(x, to: (height: next[1], width: next[2]))
    }
}

extension UNetConfiguration {
    var residualStyle: ResidualBlock.Style {
        ResidualBlock.Style(
            groups: normGroups, epsilon: normEpsilon, activation: activation, timeWidth: timeEmbeddingWidth,
            timeShift: timeShift)
    }

    func transformer(_ weights: WeightScope, level: Int) throws -> SpatialTransformer {
        try SpatialTransformer(
            from: weights, channels: channels[level], contextWidth: crossAttentionWidth,
            heads: heads[level],
            depth: transformerLayers[level], groups: normGroups, linear: usesLinearProjection)
    }
}
