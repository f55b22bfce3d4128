// Convolution by general matmul: the reference for tests and `lathe bench`.

extension ConvolutionGeometry {
    /// The convolution as a sum over the kernel's taps of matmuls by OpenBLAS.
    /// - Parameters:
    ///   - x: `[batch, height, width, in]`.
    ///   - weight: `[out, in, kernelHeight, kernelWidth]`.
    package func plainForward(_ x: NDArray, _ weight: NDArray) -> NDArray {
        summed(x, weight.transposed([2, 3, 1, 0]), to: outputShape) { row, column, ky, kx in
            let y = border.source(of: row * stride + ky - padding.top, count: height)
            let x = border.source(of: column * stride + kx - padding.left, count: width)
            return y.flatMap { y in x.map { y * width + $0 } }
        }
    }

    /// The gradient with respect to the input, computed in the same way.
    package func plainInputGradient(_ gradient: NDArray, _ weight: NDArray) -> NDArray {
        if border == .reflection, padding != .zero {
            return unpadded.plainInputGradient(gradient, weight).foldedReflection(padding)
        }
        let shape = [batch, height, width, inputs]
        return summed(gradient, weight.transposed([2, 3, 0, 1]), to: shape) { row, column, ky, kx in
            let (y, x) = (row + padding.top - ky, column + padding.left - kx)
            guard y >= 0, x >= 0, y % stride == 0, x % stride == 0, y / stride < outHeight,
                x / stride < outWidth
            else { return nil }
            return y / stride * outWidth + x / stride
        }
    }

    /// - Parameters:
    ///   - taps: one matrix per tap, `[kernelHeight, kernelWidth, channels of x, channels of the result]`.
    ///   - source: the pixel of `x` that a tap reads for a pixel of the result, nil for none.
    private func summed(
        _ x: NDArray, _ taps: NDArray, to shape: [Int],
        source: (_ row: Int, _ column: Int, _ ky: Int, _ kx: Int) -> Int?
    ) -> NDArray {
        let pixels = x.shape[1] * x.shape[2], channels = x.shape[3]
        // The last row is the zero padding.
        let rows = NDArray.concatenated(
            [x.reshaped([batch * pixels, channels]), .zeros([1, channels])], axis: 0)
        var sum = NDArray.zeros([shape[0] * shape[1] * shape[2], shape[3]])
        for ky in 0..<kernelHeight {
            for kx in 0..<kernelWidth {
                let sources = (0..<shape[1] * shape[2]).map {
                    source($0 / shape[2], $0 % shape[2], ky, kx)
                }
                let places = (0..<batch).flatMap { item in
                    sources.map { $0.map { item * pixels + $0 } ?? batch * pixels }
                }
                sum.accumulate(rows.gathered(rows: places).matmul(taps[leading: ky][leading: kx]))
            }
        }
        return sum.reshaped(shape)
    }
}
