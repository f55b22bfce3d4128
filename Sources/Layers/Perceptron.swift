// The feed-forward block of transformers.

import Arrays
public import Autograd

/// Two linear layers with an activation in between: `contract(activation(expand(x)))`.
///
/// One operation, because the hidden values are several times as large as input and result.
public struct Perceptron: Sendable {
    public let expand: Linear
    public let activation: Activation
    public let contract: Linear

    public init(expand: Linear, activation: Activation, contract: Linear) {
        precondition(
            expand.weight.shape[0] == contract.weight.shape[1],
            "Perceptron: \(expand.weight.shape), then \(contract.weight.shape)")
        (self.expand, self.activation, self.contract) = (expand, activation, contract)
    }

    /// `contract(activation(expand(norm(x)))) + addend`; nil operands are skipped.
    /// - Parameters:
    ///   - x: `[…, in]`.
    ///   - addend: of the result's shape.
    /// - Returns: `[…, out]`.
    public func callAsFunction(_ x: Tensor, after norm: LayerNorm? = nil, plus addend: Tensor? = nil)
        -> Tensor
    {
        x.perceptron(
            expand.weight, contract.weight, after: norm?.step,
            hidden: TensorEpilogue(bias: expand.bias, activation: activation.function),
            epilogue: TensorEpilogue(bias: contract.bias, addend: addend))
    }
}
