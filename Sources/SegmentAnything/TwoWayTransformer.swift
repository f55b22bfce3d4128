// SAM's decoder transformer: cross-attention between prompt tokens and image features, in both directions.

import Arrays
import Autograd
import Checkpoints
import Layers

/// Tokens `[batch, tokens, size]` and image features `[batch, cells, size]`, each updated from the other.
///
/// Source: Kirillov and others 2023, appendix A, figure 14; transformers `SamTwoWayTransformer`.
struct TwoWayTransformer: Sendable {
    private let layers: [TwoWayLayer]
    private let finalAttention: ProjectedAttention
    private let finalNorm: LayerNorm

    init(_ c: SegmentAnythingConfiguration.MaskDecoder, from weights: WeightScope) throws {
        layers = try (0..<c.layers).map { try TwoWayLayer(c, isFirst: $0 == 0, from: weights["layers"][$0]) }
        finalAttention = try ProjectedAttention(
            c, narrowing: c.attentionDownsampling, from: weights["final_attn_token_to_image"])
        // PyTorch's default epsilon, because the reference does not pass the configured one here.
        finalNorm = try LayerNorm(
            from: weights["layer_norm_final_attn"], size: c.hiddenSize, epsilon: 1e-5)
    }

    /// - Parameters:
    ///   - tokens: `[batch, tokens, size]`; also their own positions.
    ///   - image: `[batch, cells, size]`.
    ///   - places: positions of the cells, `[1, cells, size]`.
    /// - Returns: updated tokens and image features.
    func callAsFunction(tokens: Tensor, image: Tensor, places: Tensor) -> (tokens: Tensor, image: Tensor) {
        var (queries, keys) = (tokens, image)
        for layer in layers {
            (queries, keys) = layer(queries: queries, keys: keys, tokens: tokens, places: places)
        }
        queries = finalNorm(queries + finalAttention(queries + tokens, keys + places, keys))
        return (queries, keys)
    }
}

/// Self-attention of tokens, tokens to image, feed-forward, image to tokens; each followed by a norm.
private struct TwoWayLayer: Sendable {
    let selfAttention: ProjectedAttention
    let norm1: LayerNorm
    let tokensToImage: ProjectedAttention
    let norm2: LayerNorm
    let mlp: Perceptron
    let norm3: LayerNorm
    let imageToTokens: ProjectedAttention
    let norm4: LayerNorm
    let isFirst: Bool

    init(_ c: SegmentAnythingConfiguration.MaskDecoder, isFirst: Bool, from weights: WeightScope) throws {
        func norm(_ index: Int) throws -> LayerNorm {
            try LayerNorm(
                from: weights["layer_norm\(index)"], size: c.hiddenSize, epsilon: c.layerNormEpsilon)
        }
        selfAttention = try ProjectedAttention(c, narrowing: 1, from: weights["self_attn"])
        norm1 = try norm(1)
        tokensToImage = try ProjectedAttention(
            c, narrowing: c.attentionDownsampling, from: weights["cross_attn_token_to_image"])
        norm2 = try norm(2)
        mlp = try Perceptron(
            size: c.hiddenSize, hidden: c.mlpSize, activation: c.activation, from: weights["mlp"])
        norm3 = try norm(3)
        imageToTokens = try ProjectedAttention(
            c, narrowing: c.attentionDownsampling, from: weights["cross_attn_image_to_token"])
        norm4 = try norm(4)
        self.isFirst = isFirst
    }

    func callAsFunction(
        queries: Tensor, keys: Tensor, tokens: Tensor, places: Tensor
    ) -> (queries: Tensor, keys: Tensor) {
        // In the first layer the tokens are their own positions, so neither positions nor a residual are added.
        let attended =
            isFirst
            ? selfAttention(queries, queries, queries)
            : queries + selfAttention(queries + tokens, queries + tokens, queries)
        var q = norm1(attended)
        let k = keys + places
        q = norm2(q + tokensToImage(q + tokens, k, keys))
        q = norm3(q + mlp(q))
        return (q, norm4(keys + imageToTokens(k, q + tokens, q)))
    }
}

/// Multi-head attention with projections to a smaller width and back.
struct ProjectedAttention: Sendable {
    private let q: Linear
    private let k: Linear
    private let v: Linear
    private let out: Linear
    private let heads: Int

    /// - Parameter narrowing: ratio of `hiddenSize` to the width of the attention.
    init(_ c: SegmentAnythingConfiguration.MaskDecoder, narrowing: Int, from weights: WeightScope) throws {
        let (size, inner) = (c.hiddenSize, c.hiddenSize / narrowing)
        q = try Linear(from: weights["q_proj"], in: size, out: inner)
        k = try Linear(from: weights["k_proj"], in: size, out: inner)
        v = try Linear(from: weights["v_proj"], in: size, out: inner)
        out = try Linear(from: weights["out_proj"], in: inner, out: size)
        heads = c.heads
    }

    /// - Parameters:
    ///   - queries: `[batch, n, size]`.
    ///   - keys: `[batch, m, size]`.
    ///   - values: `[batch, m, size]`.
    /// - Returns: `[batch, n, size]`.
    func callAsFunction(_ queries: Tensor, _ keys: Tensor, _ values: Tensor) -> Tensor {
        out(
            multiHeadAttention(
                q(queries), k(keys), v(values), heads: heads, precision: q.weight.precision))
    }
}
