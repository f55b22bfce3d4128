// Normalisation layers.
import Arrays
public import Autograd
public import Checkpoints

/// Layer norm over the last dimension.
public struct LayerNorm: Sendable {
    /// Values of shape `[size]`.
    public let scale: Tensor
    /// Values of shape `[size]`.
    public let bias: Tensor?
    public let epsilon: Float

    /// Reads `weight` and, if `bias`, `bias`, both `[size]`.
    public init(from weights: WeightScope, size: Int, epsilon: Float = 1e-5, bias: Bool = true) throws {
        scale = Tensor(try weights.tensor("weight", [size]))
        self.bias = bias ? Tensor(try weights.tensor("bias", [size])) : nil
        self.epsilon = epsilon
    }

    /// The norm as the first step of a matmul.
    var step: LayerNormalization {
        LayerNormalization(scale: scale.value, bias: bias?.value, epsilon: epsilon)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.layerNorm(scale: scale, bias: bias, epsilon: epsilon)
    }
}

/// Group norm over groups of channels of `[batch, …, channels]`.
public struct GroupNorm: Sendable {
    public let groups: Int
    /// Values of shape `[channels]`.
    public let scale: Tensor
    /// Values of shape `[channels]`.
    public let bias: Tensor
    public let epsilon: Float

    /// Reads `weight` and `bias`, both `[channels]`.
    public init(from weights: WeightScope, groups: Int, channels: Int, epsilon: Float = 1e-5) throws {
        self.groups = groups
        scale = Tensor(try weights.tensor("weight", [channels]))
        bias = Tensor(try weights.tensor("bias", [channels]))
        self.epsilon = epsilon
    }

    /// The norm as a first step of a convolution.
    func parameters(thenSiLU: Bool) -> GroupNormParameters {
        GroupNormParameters(
            groups: groups, scale: scale.value, bias: bias.value, epsilon: epsilon, thenSiLU: thenSiLU)
    }

    /// - Parameter thenSiLU: applies SiLU in the same pass.
    public func callAsFunction(_ x: Tensor, thenSiLU: Bool = false) -> Tensor {
        x.groupNorm(groups: groups, scale: scale, bias: bias, epsilon: epsilon, thenSiLU: thenSiLU)
    }
}
