// Self- and cross-attention over the pixels of a feature map: diffusers' `Transformer2DModel`.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Multi-head attention from `queries` to `context`, with a bias on the output only.
struct CrossAttention: Sendable {
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let heads: Int

    init(from weights: WeightScope, width: Int, contextWidth: Int, heads: Int) throws {
        query = try Linear(from: weights.scope("to_q"), in: width, out: width, bias: false)
        key = try Linear(from: weights.scope("to_k"), in: contextWidth, out: width, bias: false)
        value = try Linear(from: weights.scope("to_v"), in: contextWidth, out: width, bias: false)
        output = try Linear(from: weights.scope("to_out.0"), in: width, out: width)
        self.heads = heads
    }

    /// - Parameters:
    ///   - norm: applied to `x` first.
    ///   - addend: added to the result, of its shape.
    ///   - edit: changes the attention weights `[batch, heads, n, m]`, which are computed explicitly only for it.
    func callAsFunction(
        _ x: Tensor, after norm: LayerNorm, context: Tensor, plus addend: Tensor,
        edit: AttentionEdit.Function? = nil
    ) -> Tensor {
        let (q, k, v) = (query(x, after: norm), key(context), value(context))
        let mixed =
            edit.map { attention(q, k, v, heads: heads, edit: $0) }
            ?? multiHeadAttention(q, k, v, heads: heads, precision: query.weight.precision)
        return output(mixed, plus: addend)
    }
}

/// Multi-head self-attention of pixels, with a bias on the output only.
struct SelfAttention: Sendable {
    /// Queries, keys and values.
    let projections: Linear
    let output: Linear
    let heads: Int

    init(from weights: WeightScope, width: Int, heads: Int) throws {
        projections = try Linear(
            joining: ["to_q", "to_k", "to_v"].map(weights.scope), in: width, out: width, bias: false)
        output = try Linear(from: weights.scope("to_out.0"), in: width, out: width)
        self.heads = heads
    }

    /// Parameters as for ``CrossAttention``.
    func callAsFunction(
        _ x: Tensor, after norm: LayerNorm, plus addend: Tensor, edit: AttentionEdit.Function? = nil
    ) -> Tensor {
        let tokens = projections(x, after: norm)
        guard let edit else {
            return output(
                selfAttention(tokens, heads: heads, precision: projections.weight.precision), plus: addend)
        }
        let parts = tokens.split(3, axis: -1)
        return output(attention(parts[0], parts[1], parts[2], heads: heads, edit: edit), plus: addend)
    }
}

/// Attention of projected tokens whose weights `[batch, heads, n, m]` are edited before use.
private func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, edit: AttentionEdit.Function
) -> Tensor {
    let scale = 1 / Float(q.shape[2] / heads).squareRoot()
    let scores = q.splitHeads(heads).matmul(k.splitHeads(heads), transposeOther: true) * scale
    return edit(scores.softmax()).matmul(v.splitHeads(heads)).mergedHeads()
}

/// A gated linear layer, `value(x) · gelu(gate(x))`, followed by a projection back to the width.
///
/// Source: Shazeer 2020 (GEGLU). The file holds both layers as one matrix, the value's rows first.
struct GatedFeedForward: Sendable {
    let value: Linear
    let gate: Linear
    let output: Linear

    init(from weights: WeightScope, width: Int) throws {
        let inner = 4 * width
        let projection = weights.scope("net.0.proj")
        let matrix = try projection.weight("weight", [2 * inner, width])
        let bias = try projection.tensor("bias", [2 * inner])
        func half(_ rows: Range<Int>) -> Linear {
            Linear(
                weight: matrix.changed(to: [inner, width]) { $0.leading(rows) }, bias: bias.leading(rows))
        }
        (value, gate) = (half(0..<inner), half(inner..<2 * inner))
        output = try Linear(from: weights.scope("net.2"), in: inner, out: width)
    }

    func callAsFunction(_ x: Tensor, plus addend: Tensor? = nil) -> Tensor {
        output(value(x, times: gate(x, then: .gelu)), plus: addend)
    }
}

/// Self-attention, cross-attention to the condition and feed-forward, each with a layer norm and a residual
/// connection.
struct TransformerBlock: Sendable {
    let norms: [LayerNorm]
    let pixelAttention: SelfAttention
    let crossAttention: CrossAttention
    let feedForward: GatedFeedForward

    init(from weights: WeightScope, width: Int, contextWidth: Int, heads: Int) throws {
        norms = try (1...3).map {
            try LayerNorm(from: weights.scope("norm\($0)"), size: width, epsilon: 1e-5)
        }
        pixelAttention = try SelfAttention(from: weights.scope("attn1"), width: width, heads: heads)
        crossAttention = try CrossAttention(
            from: weights.scope("attn2"), width: width, contextWidth: contextWidth, heads: heads)
        feedForward = try GatedFeedForward(from: weights.scope("ff"), width: width)
    }

    func callAsFunction(_ x: Tensor, context: Tensor, attention: AttentionEdit?) -> Tensor {
        var x = pixelAttention(
            x, after: norms[0], plus: x, edit: attention?.selfEdit(pixels: x.shape[1]))
        x = crossAttention(x, after: norms[1], context: context, plus: x, edit: attention?.crossEdit)
        return feedForward(norms[2](x), plus: x)
    }
}

/// Transformer blocks over the pixels of a feature map, with an outer residual connection.
struct SpatialTransformer: Sendable {
    let norm: GroupNorm
    let projectIn: Linear
    let blocks: [TransformerBlock]
    let projectOut: Linear

    /// - Parameters:
    ///   - depth: number of blocks.
    ///   - linear: whether the file stores the projections as matrices or as 1 × 1 convolutions, which are
    ///     equivalent.
    init(
        from weights: WeightScope, channels: Int, contextWidth: Int, heads: Int, depth: Int, groups: Int,
        linear: Bool
    ) throws {
        norm = try GroupNorm(
            from: weights.scope("norm"), groups: groups, channels: channels, epsilon: 1e-6)
        projectIn = try .pixelwise(from: weights.scope("proj_in"), channels: channels, linear: linear)
        blocks = try (0..<depth).map {
            try TransformerBlock(
                from: weights.scope("transformer_blocks.\($0)"), width: channels,
                contextWidth: contextWidth,
                heads: heads)
        }
        projectOut = try .pixelwise(from: weights.scope("proj_out"), channels: channels, linear: linear)
    }

    /// - Parameter x: `[batch, height, width, channels]`.
    /// - Returns: `[batch, height, width, channels]`.
    func callAsFunction(_ x: Tensor, _ condition: UNetCondition) -> Tensor {
        let (batch, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        var tokens = projectIn(norm(x).reshaped([batch, height * width, channels]))
        for block in blocks {
            tokens = block(tokens, context: condition.context, attention: condition.attention)
        }
        return projectOut(tokens, plus: x.reshaped(tokens.shape)).reshaped(x.shape)
    }
}

extension Linear {
    /// A square linear layer on every pixel, stored as a matrix or as a 1 × 1 convolution.
    static func pixelwise(from weights: WeightScope, channels: Int, linear: Bool) throws -> Linear {
        if linear { return try Linear(from: weights, in: channels, out: channels) }
        let kernel = try weights.weight("weight", [channels, channels, 1, 1])
        let bias = try weights.tensor("bias", [channels])
        return Linear(
            weight: kernel.changed(to: [channels, channels]) { $0.reshaped([channels, channels]) }, bias: bias
        )
    }
}
