// Convolutions the other way round: every pixel times all taps first, then the sum over taps.
//
// Gathering patches first costs copies in proportion to the input's channels, and for the adjoint of a strided
// convolution most of what is gathered is zero. Multiplying first costs sums in proportion to the output's channels.

extension ConvolutionGeometry {
    /// The convolution with few outputs, written to `out`.
    func sumOfProducts(_ x: NDArray, weight: NDArray, bias: NDArray?, _ out: MutablePointer) {
        // [kh, kw, in, out] → [in, kh, kw, out]: one product gives all taps of a pixel.
        let turned = weight.transposed([2, 0, 1, 3])
        let w = Window(
            height: height, width: width, channels: outputs, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth, stride: stride, padTop: padding.top, padLeft: padding.left,
            outWidth: outWidth, border: border)
        let patch = w.patch, inputs = self.inputs
        nonisolated(unsafe) let (px, pw, pb, y) = (x.pointer, turned.pointer, bias?.pointer, out)
        overRows(count: outHeight, patch: patch, width: width, sources: sourceRows(under:)) {
            item, rows, source in
            let products = Storage(count: source.count * width * patch)
            BLAS.product(
                rows: source.count * width, cols: patch, inner: inputs,
                px + (item * height + source.lowerBound) * width * inputs, lda: inputs, pw, ldb: patch,
                products.pointer, ldc: patch)
            Kernels.current.sumTaps(
                products.pointer, w, from: source.lowerBound, rows, bias: pb,
                y + (item * outHeight + rows.lowerBound) * outWidth * outputs)
            withExtendedLifetime(products) {}
        }
        withExtendedLifetime((x, turned, bias)) {}
    }

    /// The transposed convolution: from `[batch, outHeight, outWidth, out]` to `[batch, height, width, in]`.
    func transposed(_ gradient: NDArray, weight: NDArray) -> NDArray {
        precondition(border == .zeros || padding == .zero, "a transposed convolution pads with zeros only")
        return NDArray.build([batch, height, width, inputs], keeping: gradient, weight) { out in
            let w = adjointWindow(channels: inputs)
            let patch = w.patch
            nonisolated(unsafe) let (pg, pw, y) = (gradient.pointer, weight.pointer, out)
            overRows(count: height, patch: patch, width: outWidth, sources: resultRows(over:)) {
                item, rows, source in
                let products = Storage(count: source.count * outWidth * patch)
                BLAS.product(
                    rows: source.count * outWidth, cols: patch, inner: outputs,
                    pg + (item * outHeight + source.lowerBound) * outWidth * outputs, lda: outputs, pw,
                    ldb: outputs, transposeB: true, products.pointer, ldc: patch)
                Kernels.current.sumTapsAdjoint(
                    products.pointer, w, from: source.lowerBound, rows, bias: nil,
                    y + (item * height + rows.lowerBound) * width * inputs)
                withExtendedLifetime(products) {}
            }
        }
    }

    // MARK: Rows

    /// Calls `body` for fixed chunks of the rows of every image, with the rows of the other side that each needs.
    ///
    /// Chunks overlap in what they need, so they are as tall as the scratch allows, and at least eight rows.
    private func overRows(
        count: Int, patch: Int, width: Int, sources: (Range<Int>) -> Range<Int>,
        _ body: @Sendable (_ item: Int, _ rows: Range<Int>, _ source: Range<Int>) -> Void
    ) {
        let perRow = width * patch * sources(0..<count).count / max(1, count)
        let chunk = max(8, min(count, 2 * Self.scratch / max(1, perRow)))
        let parts = (count + chunk - 1) / chunk
        let ranges = (0..<parts).map { $0 * chunk..<min(count, ($0 + 1) * chunk) }
        let needed = ranges.map(sources)
        parallelFor(batch * parts, chunk: 1) { tasks in
            for t in tasks { body(t / parts, ranges[t % parts], needed[t % parts]) }
        }
    }

    /// Rows of the input under the taps of some output rows.
    private func sourceRows(under rows: Range<Int>) -> Range<Int> {
        let first = rows.lowerBound * stride - padding.top
        let last = (rows.upperBound - 1) * stride - padding.top + kernelHeight - 1
        let used = (first...last).compactMap { border.source(of: $0, count: height) }
        return (used.min() ?? 0)..<(used.max() ?? -1) + 1
    }

    /// Rows of the output that some input rows took part in.
    private func resultRows(over rows: Range<Int>) -> Range<Int> {
        let first = max(0, rows.lowerBound + padding.top - kernelHeight + stride) / stride
        let last = min(outHeight - 1, (rows.upperBound - 1 + padding.top) / stride)
        return first..<max(first, last + 1)
    }
}
