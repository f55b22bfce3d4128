// The input gradient of a strided convolution without multiplications by zeros.

/// Input coordinates of one remainder modulo the stride, and the taps that reach them.
///
/// With o the coordinate of a result and k a tap, a strided convolution reads the input at `o * stride + k -
/// padding`. Inputs with one remainder are therefore reached by every `stride`-th tap only, from adjacent results.
struct AdjointAxis: Sendable {
    /// Remainder of the input's coordinate, below the stride.
    let remainder: Int
    /// Number of inputs with that remainder.
    let count: Int
    /// Taps that reach them, in order of the results.
    let taps: [Int]
    /// Number of results before the first input's own position that reach it.
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
    /// `epilogue` of the input gradient for strides above one and zero padding.
    ///
    /// Inputs whose coordinates have the same remainders are the result of a stride-1 convolution of the gradient by
    /// a part of the kernel. The parts together have as many taps as the kernel.
    /// - Parameter epilogue: without operands of the result's shape.
    func stridedInputGradient(_ gradient: NDArray, _ weight: Weight, epilogue: Epilogue) -> NDArray {
        let rows = AdjointAxis.all(kernel: kernelHeight, stride: stride, padding: padding.top, extent: height)
        let columns = AdjointAxis.all(
            kernel: kernelWidth, stride: stride, padding: padding.left, extent: width)
        return NDArray.build([batch, height, width, inputs], keeping: gradient) { out in
            for row in rows { for column in columns { part(gradient, weight, row, column, epilogue, out) } }
        }
    }

    /// The pixels of one remainder on each axis.
    private func part(
        _ gradient: NDArray, _ weight: Weight, _ row: AdjointAxis, _ column: AdjointAxis,
        _ epilogue: Epilogue,
        _ out: MutablePointer
    ) {
        let count = batch * row.count * column.count
        let pixel = { @Sendable [stride, height, width] (i: Int) in
            let (line, u) = i.quotientAndRemainder(dividingBy: column.count)
            let y = line / row.count * height + row.remainder + line % row.count * stride
            return y * width + column.remainder + u * stride
        }
        guard let matrix = weight.packedAdjoint(rows: row.taps, columns: column.taps) else {
            let unreached = epilogue.ofZeros(columns: inputs)
            for i in 0..<count { (out + pixel(i) * inputs).update(from: unreached.pointer, count: inputs) }
            return
        }
        let window = Window(
            height: outHeight, width: outWidth, channels: outputs, kernelHeight: row.taps.count,
            kernelWidth: column.taps.count, stride: 1, padTop: row.before, padLeft: column.before,
            outWidth: column.count)
        nonisolated(unsafe) let source = gradient.pointer
        let gather = RowGather {
            MatmulKernels.current.gather(
                matrix.precision, source, window, outHeight: row.count, $0, $1, $2)
        }
        PackedMatmul(weight: matrix, rows: 0..<count)
            .run(into: .places(out, pixel), epilogue: epilogue, gather: gather)
        withExtendedLifetime(gradient) {}
    }
}
