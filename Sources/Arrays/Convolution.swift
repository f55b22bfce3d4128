// Convolution of channels-last images: bounded im2col tiles and matrix products.

/// Padding of an image, in pixels per side.
public struct Padding: Sendable, Hashable {
    public var top: Int, left: Int, bottom: Int, right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
        (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
    }

    /// The same padding on all four sides.
    public init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

    public static let zero = Padding(0)
}

/// What lies outside an image that is padded.
public enum Border: Sendable, Hashable {
    case zeros
    /// The image reflected about its outermost pixels, again and again where the padding exceeds the image.
    ///
    /// PyTorch's `reflect` where that is defined (padding smaller than the image). A single row or column repeats.
    case reflection

    /// The index within `0..<count` whose pixel lies at `i`, nil for none.
    package func source(of i: Int, count: Int) -> Int? {
        if 0..<count ~= i { return i }
        guard self == .reflection, count > 0 else { return nil }
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1), phase = ((i % period) + period) % period
        return phase < count ? phase : period - phase
    }
}

/// Sizes of one convolution `[batch, height, width, in]` by `[kernelHeight, kernelWidth, in, out]`.
package struct ConvolutionGeometry: Sendable {
    let batch: Int, height: Int, width: Int, inputs: Int
    let kernelHeight: Int, kernelWidth: Int, outputs: Int
    let stride: Int, padding: Padding, border: Border
    let outHeight: Int, outWidth: Int

    package init(input: [Int], weight: [Int], stride: Int, padding: Padding, border: Border = .zeros) {
        precondition(
            input.count == 4 && weight.count == 4 && input[3] == weight[2],
            "conv2d: input \(input) [batch, height, width, in] and weight \(weight) [kh, kw, in, out]")
        precondition(stride >= 1, "conv2d: stride \(stride)")
        (batch, height, width, inputs) = (input[0], input[1], input[2], input[3])
        (kernelHeight, kernelWidth, outputs) = (weight[0], weight[1], weight[3])
        (self.stride, self.padding, self.border) = (stride, padding, border)
        let tall = height + padding.top + padding.bottom, wide = width + padding.left + padding.right
        precondition(
            tall >= kernelHeight && wide >= kernelWidth,
            "conv2d: kernel \(weight) exceeds padded input \(input)")
        outHeight = (tall - kernelHeight) / stride + 1
        outWidth = (wide - kernelWidth) / stride + 1
    }

    package var outputShape: [Int] { [batch, outHeight, outWidth, outputs] }
    var patch: Int { kernelHeight * kernelWidth * inputs }
    /// A 1×1 kernel on every pixel: a plain product of pixels by weights.
    var isPointwise: Bool {
        kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == .zero
    }

    var window: Window {
        Window(
            height: height, width: width, channels: inputs, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth,
            stride: stride, padTop: padding.top, padLeft: padding.left, outWidth: outWidth,
            border: border)
    }

    /// Floats of scratch per tile (8 MiB): enough rows that packing the weight is cheap beside the product.
    static let scratch = 1 << 21

    /// Product over gathered patches: `rows` of `pixels` patches each, written as `[rows * pixels, cols]`.
    ///
    /// Where all patches fit the scratch they are gathered whole and multiplied in tiles of both sides; else each
    /// task takes some rows and adds up kernel row by kernel row. The split depends on sizes only.
    /// - Parameters:
    ///   - bands: kernel rows, each `patch / bands` long.
    ///   - gather: writes the patches of some rows, either whole (nil) or of one kernel row.
    static func gatheredProduct(
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
    static func split(
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
            if outputs * 8 <= inputs, stride == 1 {
                sumOfProducts(x, weight: weight, bias: bias, out)
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
}

extension Window {
    /// Numbers per patch.
    var patch: Int { kernelHeight * kernelWidth * channels }

    /// The window of kernel row `row` alone, or the whole window for nil.
    func band(_ row: Int?) -> Window {
        guard let row else { return self }
        var result = self
        result.kernelHeight = 1
        // The same for the adjoint, whose rows are (y + padTop - ky) / stride.
        result.padTop = padTop - row
        return result
    }
}
