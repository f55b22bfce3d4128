// The gradient of a convolution whose padding is reflected.

extension ConvolutionGeometry {
    /// The same convolution of an image that is already padded.
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
        // Padding columns that fold onto the image.
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
