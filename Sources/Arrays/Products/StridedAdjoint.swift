// The input gradient of a strided convolution, without products by zeros.

/// One remainder of a coordinate of the input by the stride: which taps of the kernel reach it, and from where.
///
/// With o the coordinate of a result and k a tap, a strided convolution reads the input at `o * stride + k - padding`. Inputs of
/// one remainder are therefore reached by every `stride`-th tap only, from neighbouring results.
struct AdjointAxis: Sendable {
    /// Of the input's coordinate, below the stride.
    let remainder: Int
    /// Inputs of that remainder.
    let count: Int
    /// Taps that reach it, the one of the first result first.
    let taps: [Int]
    /// Results before the first input's own place that reach it.
    let before: Int

    /// All remainders of one axis.
    static func all(kernel: Int, stride: Int, padding: Int, extent: Int) -> [AdjointAxis] {
        (0..<min(stride, extent)).map { remainder in
            let first = (remainder + padding) % stride
            let taps = Array(Swift.stride(from: first, to: kernel, by: stride).reversed())
            return AdjointAxis(
                remainder: remainder, count: (extent - remainder + stride - 1) / stride, taps: taps,
                before: taps.count - 1 - (remainder + padding) / stride)
        }
    }
}

extension ConvolutionGeometry {
    /// The gradient for the input where the stride exceeds one and the border is zero.
    ///
    /// Inputs whose coordinates leave the same remainders are the result of a convolution of stride 1 of the gradient by a part
    /// of the kernel. The parts have as many taps together as the kernel.
    func stridedInputGradient(_ gradient: NDArray, _ weight: Weight) -> NDArray {
        let rows = AdjointAxis.all(kernel: kernelHeight, stride: stride, padding: padding.top, extent: height)
        let columns = AdjointAxis.all(
            kernel: kernelWidth, stride: stride, padding: padding.left, extent: width)
        return NDArray.build([batch, height, width, inputs], keeping: gradient) { out in
            for row in rows { for column in columns { spread(gradient, weight, row, column, out) } }
        }
    }

    private func spread(
        _ gradient: NDArray, _ weight: Weight, _ row: AdjointAxis, _ column: AdjointAxis,
        _ out: MutablePointer
    ) {
        let part = Storage(count: batch * row.count * column.count * inputs)
        let matrix = weight.packedAdjoint(rows: row.taps, columns: column.taps)
        if let matrix {
            let window = Window(
                height: outHeight, width: outWidth, channels: outputs, kernelHeight: row.taps.count,
                kernelWidth: column.taps.count, stride: 1, padTop: row.before, padLeft: column.before,
                outWidth: column.count)
            nonisolated(unsafe) let source = gradient.pointer
            PackedProduct(weight: matrix, rows: batch * row.count * column.count).run(
                part.pointer, finish: Finish()
            ) {
                MatrixKernels.current.gather(
                    matrix.precision, source, window, outHeight: row.count, $0, $1, $2)
            }
        }
        nonisolated(unsafe) let (from, to) = (part.pointer, out)
        parallelFor(batch * row.count, chunk: 8) { [stride, height, width, inputs] range in
            for r in range {
                let y = r / row.count * height + row.remainder + r % row.count * stride
                for u in 0..<column.count {
                    let pixel = to + (y * width + column.remainder + u * stride) * inputs
                    if matrix == nil {
                        pixel.update(repeating: 0, count: inputs)
                    } else {
                        pixel.update(from: from + (r * column.count + u) * inputs, count: inputs)
                    }
                }
            }
        }
        withExtendedLifetime((part, gradient)) {}
    }
}
