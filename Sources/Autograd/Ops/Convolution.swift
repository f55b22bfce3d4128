// Convolutions of channels-last images.
public import Arrays

extension Tensor {
    /// Convolution of `[batch, height, width, in]`.
    /// - Parameters:
    ///   - weight: `[kernelHeight, kernelWidth, in, out]`.
    ///   - bias: `[out]` or nil.
    ///   - padding: pixels around the image, with the values that `border` says.
    /// - Returns: `[batch, outHeight, outWidth, out]`.
    public func conv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Padding = .zero,
        border: Border = .zeros
    ) -> Tensor {
        let g = ConvolutionGeometry(
            input: shape, weight: weight.shape, stride: stride, padding: padding, border: border)
        let (vx, vw) = (weight.needsGradient ? value : nil, needsGradient ? weight.value : nil)
        let y = g.forward(value, weight: weight.value, bias: bias?.value)
        return Tensor.recorded(y, [self, weight] + (bias.map { [$0] } ?? [])) { dy, needed in
            var parts = [
                needed[0] ? vw.map { g.inputGradient(dy, weight: $0) } : nil,
                needed[1] ? vx.map { g.weightGradient(dy, input: $0) } : nil,
            ]
            if needed.count > 2 { parts.append(needed[2] ? dy.summed(axes: [0, 1, 2]) : nil) }
            return parts
        }
    }

    /// Convolution with the same padding on all sides.
    public func conv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int, border: Border = .zeros
    ) -> Tensor {
        conv2d(weight, bias: bias, stride: stride, padding: Padding(padding), border: border)
    }

    /// Transposed convolution: the adjoint of a convolution, which spreads every pixel over `kernel` × `kernel` others.
    /// - Parameters:
    ///   - weight: `[kernelHeight, kernelWidth, in, out]`.
    ///   - bias: `[out]` or nil.
    ///   - padding: pixels cut off the result on every side.
    ///   - outputPadding: rows and columns that the result has more below and on the right, less than `stride`.
    /// - Returns: `[batch, (height - 1) * stride - 2 * padding + kernelHeight + outputPadding, …, out]`, as PyTorch's
    ///   `conv_transpose2d`.
    public func convTranspose2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int, padding: Int = 0, outputPadding: Int = 0
    ) -> Tensor {
        precondition(
            rank == 4 && weight.rank == 4 && weight.shape[2] == shape[3] && outputPadding < max(1, stride),
            "convTranspose2d: \(shape) by \(weight.shape), stride \(stride), output padding \(outputPadding)")
        let (kernelHeight, kernelWidth) = (weight.shape[0], weight.shape[1])
        let high = (shape[1] - 1) * stride - 2 * padding + kernelHeight + outputPadding
        let wide = (shape[2] - 1) * stride - 2 * padding + kernelWidth + outputPadding
        precondition(
            high > 0 && wide > 0,
            "convTranspose2d: \(shape) by \(weight.shape) with padding \(padding) is empty")
        let end = max(0, padding - outputPadding)
        let g = ConvolutionGeometry(
            input: [shape[0], high, wide, weight.shape[3]],
            weight: [kernelHeight, kernelWidth, weight.shape[3], weight.shape[2]], stride: stride,
            padding: Padding(top: padding, left: padding, bottom: end, right: end))
        let turned = weight.value.transposed([0, 1, 3, 2])
        let (vx, vw) = (weight.needsGradient ? value : nil, needsGradient ? turned : nil)
        let y = g.transposed(value, weight: turned, bias: bias?.value)
        return Tensor.recorded(y, [self, weight] + (bias.map { [$0] } ?? [])) { dy, needed in
            var parts = [
                needed[0] ? vw.map { g.forward(dy, weight: $0, bias: nil) } : nil,
                needed[1] ? vx.map { g.weightGradient($0, input: dy).transposed([0, 1, 3, 2]) } : nil,
            ]
            if needed.count > 2 { parts.append(needed[2] ? dy.summed(axes: [0, 1, 2]) : nil) }
            return parts
        }
    }
}
