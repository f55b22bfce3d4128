// Batched matmul.
internal import Arrays

extension Tensor {
    /// Batched matmul over the last two dimensions.
    /// - Parameter other: `[…, k, n]`, or `[…, n, k]` with `transposeOther`; leading dimensions broadcast.
    /// - Returns: `[…, m, n]` for `self` of `[…, m, k]`.
    public func matmul(_ other: Tensor, transposeOther: Bool = false) -> Tensor {
        let (sa, sb) = (shape, other.shape)
        let (va, vb) = (other.needsGradient ? value : nil, needsGradient ? other.value : nil)
        return Tensor.recorded(value.matmul(other.value, transposeOther: transposeOther), [self, other]) {
            g, needed in
            let da = vb.flatMap { b in
                needed[0] ? g.matmul(b, transposeOther: !transposeOther).summed(toShape: sa) : nil
            }
            let db = va.flatMap { a -> NDArray? in
                guard needed[1] else { return nil }
                if sb.count == 2 {
                    // A shared matrix: the batch becomes rows, and nothing is stored per item.
                    let rows = a.reshaped([-1, a.shape[a.rank - 1]]),
                        slopes = g.reshaped([-1, g.shape[g.rank - 1]])
                    return transposeOther
                        ? slopes.matmul(rows, transposeSelf: true) : rows.matmul(slopes, transposeSelf: true)
                }
                let product =
                    transposeOther
                    ? g.matmul(a, transposeSelf: true) : a.matmul(g, transposeSelf: true)
                return product.summed(toShape: sb)
            }
            return [da, db]
        }
    }
}
