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
