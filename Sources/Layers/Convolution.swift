// Convolutions of channels-last images, from weights in PyTorch's layout.
public import Arrays
public import Autograd
public import Checkpoints

/// A convolution of `[batch, height, width, in]`.
public struct Convolution2D: Sendable {
    /// Weights of shape `[kernelHeight, kernelWidth, in, out]`.
    public let weight: Tensor
    /// Values of shape `[out]`.
    public let bias: Tensor?
    public let stride: Int
    public let padding: Padding

    public init(weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Padding = .zero) {
        (self.weight, self.bias, self.stride, self.padding) = (weight, bias, stride, padding)
    }

    /// Reads `weight` `[out, in, kernel, kernel]` and, if `bias`, `bias` `[out]`; repacks the weight once.
    public init(
        weights: WeightScope, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1,
        padding: Padding = .zero, bias: Bool = true
    ) throws {
        let packed = try weights.tensor("weight", [outputs, inputs, kernel, kernel]).transposed([2, 3, 1, 0])
        self.init(
            weight: Tensor(packed), bias: bias ? Tensor(try weights.tensor("bias", [outputs])) : nil,
            stride: stride, padding: padding)
    }

    /// The same with equal padding on all sides.
    public init(
        weights: WeightScope, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1, padding: Int,
        bias: Bool = true
    ) throws {
        try self.init(
            weights: weights, in: inputs, out: outputs, kernel: kernel, stride: stride,
            padding: Padding(padding),
            bias: bias)
    }

    /// - Returns: `[batch, outHeight, outWidth, out]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.conv2d(weight, bias: bias, stride: stride, padding: padding)
    }
}

/// A transposed convolution whose kernel equals its stride, as in SAM's mask decoder.
public struct TransposedConvolution2D: Sendable {
    /// Weights of shape `[kernelHeight, kernelWidth, in, out]`.
    public let weight: Tensor
    /// Values of shape `[out]`.
    public let bias: Tensor?
    public let stride: Int

    /// Reads `weight` `[in, out, kernel, kernel]` and, if `bias`, `bias` `[out]`.
    public init(
        weights: WeightScope, in inputs: Int, out outputs: Int, kernel: Int, bias: Bool = true
    ) throws {
        let packed = try weights.tensor("weight", [inputs, outputs, kernel, kernel]).transposed([2, 3, 0, 1])
        weight = Tensor(packed)
        self.bias = bias ? Tensor(try weights.tensor("bias", [outputs])) : nil
        stride = kernel
    }

    /// - Returns: `[batch, height * kernel, width * kernel, out]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.convTranspose2d(weight, bias: bias, stride: stride)
    }
}
