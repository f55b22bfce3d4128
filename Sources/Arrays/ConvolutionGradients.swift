// The adjoints of a convolution: gradients for its input and for its weight.

extension ConvolutionGeometry {
    /// The gradient for the input: each pixel gathers the output gradients it took part in.
    package func inputGradient(_ gradient: NDArray, weight: NDArray) -> NDArray {
        precondition(
            gradient.shape == outputShape, "conv2d gradient: \(gradient.shape), expected \(outputShape)")
        if border == .reflection, padding != .zero {
            return unpadded.inputGradient(gradient, weight: weight).foldedReflection(padding)
        }
        if stride > 1 { return transposed(gradient, weight: weight) }
        // [kh, kw, in, out] → [kh, kw, out, in]: rows then match the gathered columns.
        let turned = weight.transposed([0, 1, 3, 2])
        return NDArray.build([batch, height, width, inputs], keeping: gradient, turned) { out in
            if isPointwise {
                MatrixProduct(rows: batch * height * width, cols: inputs, inner: outputs)
                    .run(gradient.pointer, turned.pointer, out)
                return
            }
            let whole = adjointWindow(channels: outputs)
            let (pixels, height) = (width, self.height)
            let image = outHeight * outWidth * outputs
            nonisolated(unsafe) let pd = gradient.pointer
            Self.gatheredProduct(
                rows: batch * height, pixels: width, patch: whole.patch, bands: kernelHeight, cols: inputs,
                turned.pointer, bias: nil, out
            ) { range, band, columns in
                let w = whole.band(band)
                Self.split(range, rowsPerImage: height) { item, rows, done in
                    Kernels.current.im2colAdjoint(
                        pd + item * image, w, rows, columns + done * pixels * w.patch)
                }
            }
        }
    }

    /// The gradient for the weight, one kernel tap per task, images and rows in order.
    package func weightGradient(_ gradient: NDArray, input x: NDArray) -> NDArray {
        precondition(
            gradient.shape == outputShape, "conv2d gradient: \(gradient.shape), expected \(outputShape)")
        let shape = [kernelHeight, kernelWidth, inputs, outputs]
        return NDArray.build(shape, keeping: gradient, x) { out in
            if isPointwise {
                MatrixProduct(rows: inputs, cols: outputs, inner: batch * height * width, transposeA: true)
                    .run(x.pointer, gradient.pointer, out)
                return
            }
            let w = window
            let rows = max(1, min(outHeight, Self.scratch / 8 / max(1, outWidth * inputs)))
            nonisolated(unsafe) let (px, pd, po) = (x.pointer, gradient.pointer, out)
            parallelFor(kernelHeight * kernelWidth, chunk: 1) { range in
                let columns = Storage(count: rows * outWidth * inputs)
                for t in range {
                    let target = po + t * inputs * outputs
                    Kernels.current.fill(target, inputs * outputs, 0)
                    for item in 0..<batch {
                        for begin in Swift.stride(from: 0, to: outHeight, by: rows) {
                            let end = min(outHeight, begin + rows)
                            Kernels.current.im2colTap(
                                px + item * height * width * inputs, w,
                                tap: (t / kernelWidth, t % kernelWidth),
                                begin..<end, columns.pointer)
                            BLAS.product(
                                rows: inputs, cols: outputs, inner: (end - begin) * outWidth, columns.pointer,
                                lda: inputs, transposeA: true,
                                pd + (item * outHeight + begin) * outWidth * outputs, ldb: outputs, target,
                                ldc: outputs, beta: 1)
                        }
                    }
                }
                withExtendedLifetime(columns) {}
            }
        }
    }

    /// The window of the adjoint: over the gradient, giving pixels of the input.
    func adjointWindow(channels: Int) -> Window {
        Window(
            height: outHeight, width: outWidth, channels: channels, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth, stride: stride, padTop: padding.top, padLeft: padding.left,
            outWidth: width)
    }

    /// The same convolution of an image that was padded before.
    var unpadded: ConvolutionGeometry {
        let tall = height + padding.top + padding.bottom, wide = width + padding.left + padding.right
        return ConvolutionGeometry(
            input: [batch, tall, wide, inputs], weight: [kernelHeight, kernelWidth, inputs, outputs],
            stride: stride, padding: .zero)
    }
}

extension NDArray {
    /// The adjoint of padding `[batch, height, width, channels]` by reflection: `self` is the padded gradient.
    func foldedReflection(_ padding: Padding) -> NDArray {
        let (b, tall, wide, c) = (shape[0], shape[1], shape[2], shape[3])
        let h = tall - padding.top - padding.bottom, w = wide - padding.left - padding.right
        func sources(_ padded: Int, before: Int, count: Int) -> [[Int]] {
            var result = [[Int]](repeating: [], count: count)
            for i in 0..<padded {
                if let k = Border.reflection.source(of: i - before, count: count) { result[k].append(i) }
            }
            return result
        }
        let rows = sources(tall, before: padding.top, count: h)
        let columns = sources(wide, before: padding.left, count: w)
        // Columns beside the image's own that fold onto it.
        let folds = columns.enumerated().flatMap { k, from in
            from.filter { $0 != k + padding.left }.map { (from: $0, to: k) }
        }
        return NDArray.build([b, h, w, c], keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(b * h, chunk: max(1, elementChunk / max(1, w * c))) { range in
                for r in range {
                    let line = y + r * w * c
                    Kernels.current.fill(line, w * c, 0)
                    for row in rows[r % h] {
                        let source = x + (r / h * tall + row) * wide * c
                        Kernels.current.accumulate(source + padding.left * c, line, w * c, scale: 1)
                        for fold in folds {
                            Kernels.current.accumulate(
                                source + fold.from * c, line + fold.to * c, c, scale: 1)
                        }
                    }
                }
            }
        }
    }
}
