// Multi-head attention over tokens.
public import Autograd

extension Tensor {
    /// `[batch, n, heads * d]` → `[batch, heads, n, d]`.
    public func splitHeads(_ heads: Int) -> Tensor {
        precondition(rank == 3 && shape[2] % heads == 0, "splitHeads: \(shape) in \(heads) heads")
        return reshaped([shape[0], shape[1], heads, shape[2] / heads]).transposed([0, 2, 1, 3])
    }

    /// `[batch, heads, n, d]` → `[batch, n, heads * d]`.
    public func mergedHeads() -> Tensor {
        precondition(rank == 4, "mergedHeads: \(shape)")
        return transposed([0, 2, 1, 3]).reshaped([shape[0], shape[2], shape[1] * shape[3]])
    }
}

/// Attention of projected tokens.
/// - Parameters:
///   - q: `[batch, n, heads * d]`.
///   - k: `[batch, m, heads * d]`.
///   - v: `[batch, m, heads * e]`.
///   - scale: factor of the scores; `1 / sqrt(d)` if nil.
///   - bias: added to the scores, broadcast to `[batch, heads, n, m]`; `-infinity` masks a key out.
/// - Returns: `[batch, n, heads * e]`.
public func multiHeadAttention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, scale: Float? = nil, bias: Tensor? = nil
) -> Tensor {
    attention(q.splitHeads(heads), k.splitHeads(heads), v.splitHeads(heads), scale: scale, bias: bias)
        .mergedHeads()
}
