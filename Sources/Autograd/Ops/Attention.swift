// Scaled dot-product attention.
internal import Arrays

/// `softmax(scale q kᵀ + bias) v`, in blocks of queries; the weights are recomputed for the gradient.
/// - Parameters:
///   - q: `[batch, heads, n, d]`.
///   - k: `[batch, heads, m, d]`.
///   - v: `[batch, heads, m, e]`.
///   - scale: factor of the scores; `1 / sqrt(d)` if nil.
///   - bias: added to the scores, broadcast to `[batch, heads, n, m]`; `-infinity` masks a key out.
/// - Returns: `[batch, heads, n, e]`.
public func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Float? = nil, bias: Tensor? = nil)
    -> Tensor
{
    let factor = scale ?? 1 / Float(max(1, q.shape[q.rank - 1])).squareRoot()
    let operation = Attention(q: q.value, k: k.value, v: v.value, scale: factor, bias: bias?.value)
    return Tensor.recorded(operation.forward(), [q, k, v] + (bias.map { [$0] } ?? [])) { g, needed in
        let parts = operation.gradient(g, needsBias: needed.count > 3 && needed[3])
        return [parts.q, parts.k, parts.v] + (needed.count > 3 ? [parts.bias] : [])
    }
}
