// Convolutions of channels-last images, from weights in PyTorch's layout.
public import Arrays
public import Autograd
public import Checkpoints

/// A convolution of `[batch, height, width, in]`.
public struct Convolution2D: Sendable {
    /// Weights of shape `[out, in, kernelHeight, kernelWidth]`.
    public let weight: Weight
    /// Values of shape `[out]`.
    public let bias: NDArray?
    public let stride: Int
    public let padding: Padding
    public let border: Border

    public init(
        weight: Weight, bias: NDArray?, stride: Int = 1, padding: Padding = .zero, border: Border = .zeros
    ) {
        (self.weight, self.bias, self.stride, self.padding) = (weight, bias, stride, padding)
        self.border = border
    }

    /// Reads `weight` `[out, in, kernel, kernel]` and, if `bias`, `bias` `[out]`.
    public init(
        from weights: WeightScope, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1,
        padding: Padding = .zero, border: Border = .zeros, bias: Bool = true
    ) throws {
        self.init(
            weight: try weights.weight("weight", [outputs, inputs, kernel, kernel]),
            bias: bias ? try weights.tensor("bias", [outputs]) : nil, stride: stride, padding: padding,
            border: border)
    }

    /// The same with equal padding on all sides.
    public init(
        from weights: WeightScope, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1,
        padding: Int,
        border: Border = .zeros, bias: Bool = true
    ) throws {
        try self.init(
            from: weights, in: inputs, out: outputs, kernel: kernel, stride: stride,
            padding: Padding(padding), border: border, bias: bias)
    }

    /// `last(activation(convolution + bias) * factor + addend)`; nil operands are skipped.
    /// - Parameters:
    ///   - doubled: upsamples `x` by 2 (nearest) on the fly.
    ///   - shift: additional biases, `[batch, out]`, for all pixels of an image, or `[1, out]` for all images.
    ///   - factor: of the result's shape, as is `addend`.
    /// - Returns: `[batch, outHeight, outWidth, out]`.
    public func callAsFunction(
        _ x: Tensor, doubled: Bool = false, shift: NDArray? = nil, then activation: Activation? = nil,
        times factor: Tensor? = nil, plus addend: Tensor? = nil, finally last: Activation? = nil
    ) -> Tensor {
        x.convolved(
            weight, stride: stride, padding: padding, border: border, isDoubled: doubled,
            epilogue: TensorEpilogue(
                bias: shift.map(biases) ?? bias, activation: activation?.function,
                factor: factor, addend: addend, last: last?.function))
    }

    /// `convolution(activation(norm(x))) + addend`.
    /// - Parameters:
    ///   - before: the activation after the norm, if any.
    ///   - shift: additional biases, `[batch, out]`, for all pixels of an image, or `[1, out]` for all images.
    ///   - addend: of the result's shape.
    public func callAsFunction(
        _ x: Tensor, after norm: GroupNorm, then before: Activation?, shift: NDArray? = nil,
        plus addend: Tensor? = nil
    ) -> Tensor {
        guard before == .silu || before == nil else {
            let normed = norm(x)
            return self(before?(normed) ?? normed, shift: shift, plus: addend)
        }
        return x.convolved(
            weight, stride: stride, padding: padding, border: border,
            after: norm.parameters(thenSiLU: before == .silu),
            epilogue: TensorEpilogue(bias: shift.map(biases) ?? bias, addend: addend))
    }

    private func biases(_ shift: NDArray) -> NDArray {
        let sum = bias.map { shift + $0 } ?? shift
        return shift.shape[0] == 1 ? sum.reshaped([-1]) : sum
    }

    /// This layer followed by a norm, as one layer.
    public func folding(_ norm: BatchNorm) -> Convolution2D {
        Convolution2D(
            weight: weight.changed { norm.folded(weight: $0) }, bias: norm.folded(bias: bias), stride: stride,
            padding: padding, border: border)
    }
}

/// A transposed convolution.
public struct TransposedConvolution2D: Sendable {
    /// Weights of shape `[in, out, kernelHeight, kernelWidth]`.
    public let weight: Weight
    /// Values of shape `[out]`.
    public let bias: NDArray?
    public let stride: Int
    /// Pixels cropped from the result on every side.
    public let padding: Int
    /// Additional rows at the bottom and columns at the right of the result.
    public let outputPadding: Int

    public init(weight: Weight, bias: NDArray?, stride: Int, padding: Int = 0, outputPadding: Int = 0) {
        (self.weight, self.bias, self.stride) = (weight, bias, stride)
        (self.padding, self.outputPadding) = (padding, outputPadding)
    }

    /// Reads `weight` `[in, out, kernel, kernel]` and, if `bias`, `bias` `[out]`.
    /// - Parameter stride: the kernel's size if nil: every pixel becomes its own block, as in SAM's mask decoder.
    public init(
        from weights: WeightScope, in inputs: Int, out outputs: Int, kernel: Int, stride: Int? = nil,
        padding: Int = 0, outputPadding: Int = 0, bias: Bool = true
    ) throws {
        self.init(
            weight: try weights.weight("weight", [inputs, outputs, kernel, kernel]),
            bias: bias ? try weights.tensor("bias", [outputs]) : nil,
            stride: stride ?? kernel, padding: padding, outputPadding: outputPadding)
    }

    /// - Returns: `[batch, (height - 1) * stride - 2 * padding + kernel + outputPadding, …, out]`.
    public func callAsFunction(_ x: Tensor, then activation: Activation? = nil) -> Tensor {
        x.convolvedTransposed(
            weight, stride: stride, padding: padding, outputPadding: outputPadding, bias: bias,
            activation: activation?.function)
    }

    /// This layer followed by a norm, as one layer.
    public func folding(_ norm: BatchNorm) -> TransposedConvolution2D {
        TransposedConvolution2D(
            weight: weight.changed { norm.folded(transposed: $0) }, bias: norm.folded(bias: bias),
            stride: stride, padding: padding, outputPadding: outputPadding)
    }
}
