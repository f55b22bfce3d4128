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
}
