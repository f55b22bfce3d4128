internal import Arrays
// Fully connected layers.
public import Autograd
public import Checkpoints

/// `y = x Wᵀ + b` over the last dimension.
public struct Linear: Sendable {
    /// Weights of shape `[out, in]`.
    public let weight: Tensor
    /// Values of shape `[out]`.
    public let bias: Tensor?

    public init(weight: Tensor, bias: Tensor?) {
        precondition(
            weight.rank == 2 && (bias.map { $0.shape == [weight.shape[0]] } ?? true),
            "Linear: weight \(weight.shape) [out, in], bias \(bias?.shape ?? [])")
        self.weight = weight
        self.bias = bias
    }

    /// Reads `weight` `[out, in]` and, if `bias`, `bias` `[out]`.
    public init(weights: WeightScope, in inputs: Int, out outputs: Int, bias: Bool = true) throws {
        weight = Tensor(try weights.tensor("weight", [outputs, inputs]))
        self.bias = bias ? Tensor(try weights.tensor("bias", [outputs])) : nil
    }

    /// - Parameter x: `[…, in]`.
    /// - Returns: `[…, out]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias: bias) }
}
