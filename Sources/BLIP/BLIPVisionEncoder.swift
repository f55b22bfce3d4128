// BLIP's image encoder: a pre-norm vision transformer with a class token.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Pixels `[batch, side, side, 3]` to features `[batch, 1 + patches, hidden]`.
///
/// Source: Li and others 2022 (BLIP), section 3.1; transformers `BlipVisionModel`.
struct BLIPVisionEncoder: Sendable {
    private let patches: Convolution2D
    /// `[1, 1, hidden]`, prepended to the patches.
    private let classToken: NDArray
    /// `[1, 1 + patches, hidden]`, added to all tokens.
    private let positions: Tensor
    private let layers: [BLIPVisionLayer]
    private let norm: LayerNorm

    init(_ c: BLIPConfiguration.Vision, from weights: WeightScope) throws {
        let embeddings = weights["embeddings"]
        patches = try Convolution2D(
            from: embeddings["patch_embedding"], in: 3, out: c.hiddenSize, kernel: c.patchSize,
            stride: c.patchSize,
            padding: .zero)
        classToken = try embeddings.tensor("class_embedding", [1, 1, c.hiddenSize])
        positions = Tensor(
            try embeddings.tensor("position_embedding", [1, 1 + c.grid * c.grid, c.hiddenSize]))
        layers = try (0..<c.layers).map { try BLIPVisionLayer(c, from: weights["encoder.layers"][$0]) }
        norm = try LayerNorm(
            from: weights["post_layernorm"], size: c.hiddenSize, epsilon: c.layerNormEpsilon)
    }

    func callAsFunction(_ pixels: Tensor) -> Tensor {
        let grid = patches(pixels)
        let (b, c) = (grid.shape[0], grid.shape[3])
        let first = Tensor(NDArray.zeros([b, 1, c]) + classToken)
        let tokens = Tensor.concatenated([first, grid.reshaped([b, -1, c])], axis: 1) + positions
        return norm(layers.reduce(tokens) { $1($0) })
    }
}

private struct BLIPVisionLayer: Sendable {
    let norm1: LayerNorm
    let qkv: Linear
    let projection: Linear
    let norm2: LayerNorm
    let mlp: Perceptron
    let heads: Int

    init(_ c: BLIPConfiguration.Vision, from weights: WeightScope) throws {
        let size = c.hiddenSize
        norm1 = try LayerNorm(from: weights["layer_norm1"], size: size, epsilon: c.layerNormEpsilon)
        qkv = try Linear(from: weights["self_attn.qkv"], in: size, out: 3 * size)
        projection = try Linear(from: weights["self_attn.projection"], in: size, out: size)
        norm2 = try LayerNorm(from: weights["layer_norm2"], size: size, epsilon: c.layerNormEpsilon)
        mlp = Perceptron(
            expand: try Linear(from: weights["mlp.fc1"], in: size, out: c.intermediateSize),
            activation: c.activation,
            contract: try Linear(from: weights["mlp.fc2"], in: c.intermediateSize, out: size))
        heads = c.heads
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let attended = selfAttention(
            qkv(x, after: norm1), heads: heads, precision: qkv.weight.precision)
        let y = projection(attended, plus: x)
        return mlp(y, after: norm2, plus: y)
    }
}
