// Embedding tables.
public import Arrays
public import Autograd
public import Checkpoints

/// A table of `count` vectors of `size` numbers.
public struct Embedding: Sendable {
    /// Weights of shape `[count, size]`.
    public let weight: Weight

    /// - Parameter weight: `[count, size]`.
    public init(weight: Weight) { self.weight = weight }

    /// Reads `weight` `[count, size]`.
    public init(from weights: WeightScope, count: Int, size: Int) throws {
        weight = try weights.weight("weight", [count, size])
    }

    /// - Parameter indices: rows of the table.
    /// - Returns: `[indices.count, size]`.
    public func callAsFunction(_ indices: [Int]) -> Tensor {
        Tensor(weight.value).gathered(rows: indices)
    }
}
