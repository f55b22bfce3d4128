// The stack of pre-norm attention blocks that both encoders share.

import Arrays
import Autograd
import Checkpoints
import Layers

/// One block: attention and a two-layer perceptron, each with a layer norm and a residual connection.
struct CLIPBlock: Sendable {
    let firstNorm: LayerNorm
    /// Queries, keys and values.
    let projections: Linear
    let output: Linear
    let secondNorm: LayerNorm
    let mlp: Perceptron
    let heads: Int

    init(_ shape: CLIPTransformer.Shape, from weights: WeightScope) throws {
        let width = shape.width
        firstNorm = try LayerNorm(from: weights.scope("layer_norm1"), size: width, epsilon: shape.epsilon)
        let attention = weights.scope("self_attn")
        projections = try Linear(
            joining: ["q_proj", "k_proj", "v_proj"].map(attention.scope), in: width, out: width)
        output = try Linear(from: attention.scope("out_proj"), in: width, out: width)
        secondNorm = try LayerNorm(from: weights.scope("layer_norm2"), size: width, epsilon: shape.epsilon)
        mlp = Perceptron(
            expand: try Linear(from: weights.scope("mlp.fc1"), in: width, out: shape.inner),
            activation: shape.activation,
            contract: try Linear(from: weights.scope("mlp.fc2"), in: shape.inner, out: width))
        heads = shape.heads
    }

    /// Takes and returns tokens `[batch, tokens, width]`; `mask` is added to the attention scores.
    func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
        let mixed = selfAttention(
            projections(x, after: firstNorm), heads: heads, bias: mask,
            precision: projections.weight.precision)
        let attended = output(mixed, plus: x)
        return mlp(attended, after: secondNorm, plus: attended)
    }
}

/// The blocks in order.
struct CLIPTransformer: Sendable {
    struct Shape {
        let width: Int
        let inner: Int
        let layers: Int
        let heads: Int
        let activation: Activation
        let epsilon: Float
    }

    let blocks: [CLIPBlock]

    init(_ shape: Shape, from weights: WeightScope) throws {
        blocks = try (0..<shape.layers).map { try CLIPBlock(shape, from: weights.scope("layers.\($0)")) }
    }

    func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
        blocks.reduce(x) { $1($0, mask: mask) }
    }
}
