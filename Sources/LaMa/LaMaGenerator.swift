// The generator: strided convolutions, Fourier blocks, transposed convolutions.

import Arrays
import Autograd
import Checkpoints
import Layers

/// `[batch, height, width, 4]` (masked image and mask) to an image `[batch, height, width, 3]` in (0, 1).
///
/// Height and width are multiples of `configuration.modulo`. Split in two halves, because refinement optimises the
/// features in between. Source: advimman/lama `ffc.py`, `FFCResNetGenerator`.
struct LaMaGenerator: Sendable {
    private let stem: Convolution2D
    private let downsamplings: [Convolution2D]
    private let blocks: [FourierBlock]
    private let upsamplings: [TransposedConvolution2D]
    private let head: Convolution2D

    init(_ configuration: LaMaConfiguration, from weights: WeightScope) throws {
        let c = configuration
        let model = weights["model"]
        stem = try Convolution2D(
            from: model["1.ffc.convl2l"], in: c.inputs, out: c.baseChannels, kernel: 7, padding: 3,
            border: .reflection, bias: false
        ).folding(BatchNorm(from: model["1.bn_l"], channels: c.baseChannels))
        downsamplings = try (0..<c.downsamplings).map { level in
            let isLast = level == c.downsamplings - 1
            return try Self.downsampling(
                from: model[2 + level], in: c.channels(level: level), out: c.channels(level: level + 1),
                global: isLast ? c.globalChannels : 0)
        }
        blocks = try (0..<c.blocks).map { try FourierBlock(c, from: model[c.firstBlock + $0]) }
        upsamplings = try (0..<c.downsamplings).map { step in
            let level = c.downsamplings - step, index = c.firstUpsampling + 3 * step
            let outputs = c.channels(level: level - 1)
            return try TransposedConvolution2D(
                from: model[index], in: c.channels(level: level), out: outputs, kernel: 3, stride: 2,
                padding: 1, outputPadding: 1
            ).folding(BatchNorm(from: model[index + 1], channels: outputs))
        }
        head = try Convolution2D(
            from: model[c.lastConvolution], in: c.baseChannels, out: c.outputs, kernel: 7, padding: 3,
            border: .reflection)
    }

    /// A strided convolution; the last one outputs both groups of channels, the local ones first.
    private static func downsampling(
        from weights: WeightScope, in inputs: Int, out outputs: Int, global: Int
    ) throws -> Convolution2D {
        func group(_ path: String, _ norm: String, _ channels: Int) throws -> Convolution2D {
            try Convolution2D(
                from: weights["ffc"][path], in: inputs, out: channels, kernel: 3, stride: 2, padding: 1,
                border: .reflection, bias: false
            ).folding(BatchNorm(from: weights[norm], channels: channels))
        }
        let local = try group("convl2l", "bn_l", outputs - global)
        guard global > 0 else { return local }
        let toGlobal = try group("convl2g", "bn_g", global)
        return Convolution2D(
            weight: Weight(joining: [local.weight, toGlobal.weight]),
            bias: NDArray.concatenated([local.bias, toGlobal.bias].compactMap { $0 }, axis: 0),
            stride: 2, padding: local.padding, border: .reflection)
    }

    /// The input features of the residual blocks, `[batch, height / modulo, width / modulo, channels]`.
    func front(_ x: Tensor) -> Tensor {
        downsamplings.reduce(stem(x, then: .relu)) { $1($0, then: .relu) }
    }

    /// The image from those features; gradients take the memory of one block at a time.
    func rear(_ features: Tensor) -> Tensor {
        let deep = blocks.reduce(features) { x, block in x.recomputed { block($0) } }
        return head(upsamplings.reduce(deep) { $1($0, then: .relu) }).sigmoid()
    }

    func callAsFunction(_ x: Tensor) -> Tensor { rear(front(x)) }
}
