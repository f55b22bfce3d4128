// Convolutions of channels-last images.
public import Arrays

extension Tensor {
    /// Convolution of `[batch, height, width, in]`.
    /// - Parameters:
    ///   - weight: `[kernelHeight, kernelWidth, in, out]`.
    ///   - bias: `[out]` or nil.
    ///   - padding: zeros around the image, in pixels.
    /// - Returns: `[batch, outHeight, outWidth, out]`.
    public func conv2d(_ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Padding = .zero)
        -> Tensor
    {
        let g = ConvolutionGeometry(input: shape, weight: weight.shape, stride: stride, padding: padding)
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

    /// Convolution with the same zero padding on all sides.
    public func conv2d(_ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int) -> Tensor {
        conv2d(weight, bias: bias, stride: stride, padding: Padding(padding))
    }

    /// Transposed convolution whose kernel equals its stride: every pixel becomes a block of its own.
    /// - Parameters:
    ///   - weight: `[kernelHeight, kernelWidth, in, out]`, both kernel extents equal to `stride`.
    ///   - bias: `[out]` or nil.
    /// - Returns: `[batch, height * stride, width * stride, out]`.
    public func convTranspose2d(_ weight: Tensor, bias: Tensor? = nil, stride: Int) -> Tensor {
        precondition(
            rank == 4 && weight.rank == 4 && weight.shape[0] == stride && weight.shape[1] == stride
                && weight.shape[2] == shape[3],
            "convTranspose2d: \(shape) by \(weight.shape) with stride \(stride)")
        let (b, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
        let out = weight.shape[3]
        let columns = weight.transposed([2, 0, 1, 3]).reshaped([c, stride * stride * out])
        let blocks = reshaped([b * h * w, c]).matmul(columns).reshaped([b, h, w, stride, stride, out])
        let image = blocks.transposed([0, 1, 3, 2, 4, 5]).reshaped([b, h * stride, w * stride, out])
        return bias.map { image + $0 } ?? image
    }
}
