internal import Arrays
// Tables of vectors by index.
public import Autograd
public import Checkpoints

/// A table of `count` vectors of `size` numbers.
public struct Embedding: Sendable {
    /// Weights of shape `[count, size]`.
    public let weight: Tensor

    public init(weight: Tensor) { self.weight = weight }

    /// Reads `weight` `[count, size]`.
    public init(weights: WeightScope, count: Int, size: Int) throws {
        weight = Tensor(try weights.tensor("weight", [count, size]))
    }

    /// - Parameter indices: rows of the table.
    /// - Returns: `[indices.count, size]`.
    public func callAsFunction(_ indices: [Int]) -> Tensor { weight.gathered(rows: indices) }
}
