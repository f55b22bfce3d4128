// Scaled dot-product attention.
public import Arrays

/// `softmax(scale q kᵀ + bias) v`, in blocks of queries; the weights are recomputed for the gradient.
/// - Parameters:
///   - q: `[batch, heads, n, d]`.
///   - k: `[batch, heads, m, d]`.
///   - v: `[batch, heads, m, e]`.
///   - scale: factor of the scores; `1 / sqrt(d)` if nil.
///   - bias: added to the scores, broadcast to `[batch, heads, n, m]`; `-infinity` masks a key out.
///   - precision: what the factors of both matmuls are rounded to; gradients are float32.
/// - Returns: `[batch, heads, n, e]`.
public func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Float? = nil, bias: Tensor? = nil,
    precision: Precision = .float32
) -> Tensor {
    let factor = scale ?? 1 / Float(max(1, q.shape[q.rank - 1])).squareRoot()
    return recorded(q, k, v, heads: nil, scale: factor, bias: bias, precision: precision)
}

/// Attention of projected tokens: `attention` with the heads side by side in the last dimension.
/// - Parameters:
///   - q: `[batch, n, heads * d]`.
///   - k: `[batch, m, heads * d]`.
///   - v: `[batch, m, heads * e]`.
///   - scale: factor of the scores; `1 / sqrt(d)` if nil.
///   - bias: added to the scores, broadcast to `[batch, heads, n, m]`; `-infinity` masks a key out.
///   - precision: what the factors of both matmuls are rounded to; gradients are float32.
/// - Returns: `[batch, n, heads * e]`.
public func multiHeadAttention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, scale: Float? = nil, bias: Tensor? = nil,
    precision: Precision = .float32
) -> Tensor {
    let size = q.shape[q.rank - 1] / max(1, heads)
    let factor = scale ?? 1 / Float(max(1, size)).squareRoot()
    return recorded(q, k, v, heads: heads, scale: factor, bias: bias, precision: precision)
}

/// Self-attention of tokens, with all three projections in one tensor.
///
/// Differentiable unless there is a grid.
/// - Parameters:
///   - qkv: `[batch, n, 3 * heads * d]`: queries, keys, values.
///   - scale: factor of the scores; `1 / sqrt(d)` if nil.
///   - bias: added to the scores, broadcast to `[batch, heads, n, n]`; `-infinity` masks a key out.
///   - grid: added to the scores.
///   - precision: what the factors of both matmuls are rounded to.
/// - Returns: `[batch, n, heads * d]`.
package func selfAttention(
    _ qkv: Tensor, heads: Int, scale: Float? = nil, bias: Tensor? = nil, grid: GridBias? = nil,
    precision: Precision
) -> Tensor {
    if qkv.needsGradient || bias?.needsGradient == true {
        precondition(grid == nil, "selfAttention: not differentiable with a grid")
        let parts = qkv.split(3, axis: -1)
        return multiHeadAttention(
            parts[0], parts[1], parts[2], heads: heads, scale: scale, bias: bias, precision: precision)
    }
    let size = qkv.shape[qkv.rank - 1] / max(1, 3 * heads)
    return Tensor(
        Attention(
            qkv: qkv.value, heads: heads, scale: scale ?? 1 / Float(max(1, size)).squareRoot(),
            bias: bias?.value, grid: grid, precision: precision
        ).forward().value)
}

private func recorded(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int?, scale: Float, bias: Tensor?,
    precision: Precision
) -> Tensor {
    let operation = Attention(
        q: q.value, k: k.value, v: v.value, heads: heads, scale: scale, bias: bias?.value,
        precision: precision)
    let forward = operation.forward()
    return Tensor.recorded(forward.value, [q, k, v] + (bias.map { [$0] } ?? [])) { g, needed in
        let parts = operation.gradient(g, forward: forward, needsBias: needed.count > 3 && needed[3])
        return [parts.q, parts.k, parts.v] + (needed.count > 3 ? [parts.bias] : [])
    }
}
