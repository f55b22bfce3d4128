// Convolution of channels-last images: bounded im2col tiles and matrix products, with the adjoints.

/// Zero padding of an image, in pixels per side.
public struct Padding: Sendable, Hashable {
    public var top: Int, left: Int, bottom: Int, right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
        (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
    }

    /// The same padding on all four sides.
    public init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

    public static let zero = Padding(0)
}

/// Sizes of one convolution `[batch, height, width, in]` by `[kernelHeight, kernelWidth, in, out]`.
package struct ConvolutionGeometry: Sendable {
    let batch: Int, height: Int, width: Int, inputs: Int
    let kernelHeight: Int, kernelWidth: Int, outputs: Int
    let stride: Int, padding: Padding
    let outHeight: Int, outWidth: Int

    package init(input: [Int], weight: [Int], stride: Int, padding: Padding) {
        precondition(
            input.count == 4 && weight.count == 4 && input[3] == weight[2],
            "conv2d: input \(input) [batch, height, width, in] and weight \(weight) [kh, kw, in, out]")
        precondition(stride >= 1, "conv2d: stride \(stride)")
        (batch, height, width, inputs) = (input[0], input[1], input[2], input[3])
        (kernelHeight, kernelWidth, outputs) = (weight[0], weight[1], weight[3])
        (self.stride, self.padding) = (stride, padding)
        let tall = height + padding.top + padding.bottom, wide = width + padding.left + padding.right
        precondition(
            tall >= kernelHeight && wide >= kernelWidth,
            "conv2d: kernel \(weight) exceeds padded input \(input)")
        outHeight = (tall - kernelHeight) / stride + 1
        outWidth = (wide - kernelWidth) / stride + 1
    }

    package var outputShape: [Int] { [batch, outHeight, outWidth, outputs] }
    private var patch: Int { kernelHeight * kernelWidth * inputs }
    /// A 1×1 kernel on every pixel: a plain product of pixels by weights.
    private var isPointwise: Bool {
        kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == .zero
    }

    private var window: Window {
        Window(
            height: height, width: width, channels: inputs, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth,
            stride: stride, padTop: padding.top, padLeft: padding.left, outWidth: outWidth)
    }

    /// Floats of scratch per tile (8 MiB): enough rows that packing the weight is cheap beside the product.
    private static let scratch = 1 << 21

    /// Product over gathered patches: `rows` of `pixels` patches each, written as `[rows * pixels, cols]`.
    ///
    /// Where all patches fit the scratch they are gathered whole and multiplied in tiles of both sides; else each
    /// task takes some rows and adds up kernel row by kernel row. The split depends on sizes only.
    /// - Parameters:
    ///   - bands: kernel rows, each `patch / bands` long.
    ///   - gather: writes the patches of some rows, either whole (nil) or of one kernel row.
    private static func gatheredProduct(
        rows: Int, pixels: Int, patch: Int, bands: Int, cols: Int, _ weight: Pointer, bias: Pointer?,
        _ out: MutablePointer, gather: @Sendable (Range<Int>, Int?, MutablePointer) -> Void
    ) {
        nonisolated(unsafe) let (weight, bias, out) = (weight, bias, out)
        if rows * pixels * patch <= scratch {
            let columns = Storage(count: rows * pixels * patch)
            nonisolated(unsafe) let base = columns.pointer
            parallelFor(rows, chunk: max(1, elementChunk / max(1, pixels * patch))) { range in
                gather(range, nil, base + range.lowerBound * pixels * patch)
            }
            MatrixProduct(rows: rows * pixels, cols: cols, inner: patch).run(base, weight, out, bias: bias)
            withExtendedLifetime(columns) {}
            return
        }
        let band = patch / bands, work = max(1, pixels * patch * cols)
        let height = max(1, min(rows, scratch / max(1, pixels * band), (1 << 30) / work))
        parallelFor(rows, chunk: height) { range in
            let columns = Storage(count: range.count * pixels * band)
            let target = out + range.lowerBound * pixels * cols
            for k in 0..<bands {
                gather(range, k, columns.pointer)
                BLAS.product(
                    rows: range.count * pixels, cols: cols, inner: band, columns.pointer, lda: band,
                    weight + k * band * cols, ldb: cols, target, ldc: cols, beta: k == 0 ? 0 : 1)
            }
            if let bias {
                Kernels.current.binary(.add, target, cols, 1, bias, 0, 1, target, range.count * pixels, cols)
            }
            withExtendedLifetime(columns) {}
        }
    }

    /// Calls `body` for the parts of a range of rows that lie in one image: image, its rows, rows before the part.
    private static func split(
        _ range: Range<Int>, rowsPerImage: Int, _ body: (Int, Range<Int>, Int) -> Void
    ) {
        var row = range.lowerBound
        while row < range.upperBound {
            let item = row / rowsPerImage, begin = row % rowsPerImage
            let end = min(rowsPerImage, begin + range.upperBound - row)
            body(item, begin..<end, row - range.lowerBound)
            row += end - begin
        }
    }

    /// The convolution; `bias` has `out` values or is nil.
    package func forward(_ x: NDArray, weight: NDArray, bias: NDArray?) -> NDArray {
        precondition(
            bias.map { $0.count == outputs } ?? true, "conv2d: bias \(bias?.shape ?? []) for \(outputs)")
        return NDArray.build(outputShape, keeping: x, weight, bias) { out in
            if isPointwise {
                MatrixProduct(rows: batch * height * width, cols: outputs, inner: inputs)
                    .run(x.pointer, weight.pointer, out, bias: bias?.pointer)
                return
            }
            let (whole, pixels, height) = (window, outWidth, outHeight)
            let image = self.height * width * inputs
            nonisolated(unsafe) let px = x.pointer
            Self.gatheredProduct(
                rows: batch * outHeight, pixels: outWidth, patch: patch, bands: kernelHeight, cols: outputs,
                weight.pointer, bias: bias?.pointer, out
            ) { range, band, columns in
                let w = whole.band(band)
                Self.split(range, rowsPerImage: height) { item, rows, done in
                    Kernels.current.im2col(px + item * image, w, rows, columns + done * pixels * w.patch)
                }
            }
        }
    }

    /// The gradient for the input: each pixel gathers the output gradients it took part in.
    package func inputGradient(_ gradient: NDArray, weight: NDArray) -> NDArray {
        precondition(
            gradient.shape == outputShape, "conv2d gradient: \(gradient.shape), expected \(outputShape)")
        // [kh, kw, in, out] → [kh, kw, out, in]: rows then match the gathered columns.
        let turned = weight.transposed([0, 1, 3, 2])
        return NDArray.build([batch, height, width, inputs], keeping: gradient, turned) { out in
            if isPointwise {
                MatrixProduct(rows: batch * height * width, cols: inputs, inner: outputs)
                    .run(gradient.pointer, turned.pointer, out)
                return
            }
            let whole = Window(
                height: outHeight, width: outWidth, channels: outputs, kernelHeight: kernelHeight,
                kernelWidth: kernelWidth, stride: stride, padTop: padding.top, padLeft: padding.left,
                outWidth: width)
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
}

extension Window {
    /// Numbers per patch.
    fileprivate var patch: Int { kernelHeight * kernelWidth * channels }

    /// The window of kernel row `row` alone, or the whole window for nil.
    fileprivate func band(_ row: Int?) -> Window {
        guard let row else { return self }
        var result = self
        result.kernelHeight = 1
        // The same for the adjoint, whose rows are (y + padTop - ky) / stride.
        result.padTop = padTop - row
        return result
    }
}
