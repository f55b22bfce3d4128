// Convolutions with few outputs, for which most columns of a panel would be empty.

/// A convolution of stride 1 by a matmul with a column for every output and every tap of a kernel row.
///
/// Each pixel is multiplied by all taps of a row at once, and the terms of an output are summed afterwards. Three
/// outputs of a 7 × 7 kernel take one panel of columns for each of seven rows, instead of one for each of 49 taps.
struct NarrowConvolution: Sendable {
    let geometry: ConvolutionGeometry
    /// k positions are (kernel row, input channel), columns (kernel column, output channel).
    let weight: PackedMatrix

    /// Numbers in memory before they are summed: 2 MiB, to stay in cache.
    private static let held = 1 << 19

    /// - Parameter epilogue: its factor and addend are of the result's shape.
    func run(_ x: Pointer, _ out: MutablePointer, epilogue: Epilogue) {
        let g = geometry
        let rows = g.batch * g.outHeight, band = max(8, Self.held / (g.width * weight.columns))
        let products = Storage(count: min(rows, band) * g.width * weight.columns)
        epilogue.withAddresses(rows: rows * g.outWidth, columns: g.outputs) { epilogue in
            for first in stride(from: 0, to: rows, by: band) {
                let present = first..<min(rows, first + band)
                multiply(x, present, products.pointer)
                sum(products.pointer, present, out, epilogue)
            }
        }
        withExtendedLifetime(products) {}
    }

    /// Every pixel under the kernel's rows by all taps: `[rows, width, (kernel column, output channel)]`.
    private func multiply(_ x: Pointer, _ rows: Range<Int>, _ products: MutablePointer) {
        let g = geometry
        let window = Window(
            height: g.height, width: g.width, channels: g.inputs, kernelHeight: g.kernelHeight,
            kernelWidth: 1,
            stride: 1, padTop: g.padding.top, padLeft: 0, outWidth: g.width, border: g.border)
        nonisolated(unsafe) let x = x
        let gather = RowGather { [weight] in
            let pixels = rows.lowerBound * g.width + $0.lowerBound..<rows.lowerBound * g.width + $0.upperBound
            MatmulKernels.current.gather(weight.precision, x, window, outHeight: g.outHeight, pixels, $1, $2)
        }
        PackedMatmul(weight: weight, rows: 0..<rows.count * g.width)
            .run(into: .rows(products), epilogue: Epilogue(), gather: gather)
    }

    private func sum(
        _ products: MutablePointer, _ rows: Range<Int>, _ out: MutablePointer, _ epilogue: Epilogue.Addresses
    ) {
        let g = geometry
        let window = Window(
            height: rows.count, width: g.width, channels: g.outputs, kernelHeight: 1,
            kernelWidth: g.kernelWidth, stride: 1, padTop: 0, padLeft: g.padding.left, outWidth: g.outWidth,
            border: g.border)
        nonisolated(unsafe) let (products, out) = (products, out)
        parallelFor(rows.count, chunk: 4) { taken in
            let pixel = (rows.lowerBound + taken.lowerBound) * g.outWidth
            let result = out + pixel * g.outputs
            Kernels.current.sumTaps(products, window, taken, result)
            MatmulKernels.current.applyEpilogue(
                epilogue, result, rows: pixel..<pixel + taken.count * g.outWidth, columns: g.outputs)
        }
    }
}

extension ConvolutionGeometry {
    /// Whether placing taps side by side takes at most half the columns.
    var suitsNarrow: Bool {
        let panel = MatmulKernels.current.panel
        func panels(_ columns: Int) -> Int { (columns + panel - 1) / panel }
        return stride == 1 && 2 * panels(kernelWidth * outputs) <= kernelWidth * panels(outputs)
    }
}
