// Swift interface of the array kernels; those of matmul are in `Matmul/MatmulKernels.swift`.
internal import CKernels

/// Elementwise functions of one variable.
package enum UnaryFunction: UInt32, Sendable, CaseIterable {
    case exp, sqrt, square, absolute, reciprocal, tanh, sigmoid, relu, silu, gelu, tanhGELU, quickGELU
}

/// Elementwise functions of two variables.
package enum BinaryFunction: UInt32, Sendable, CaseIterable {
    case add, subtract, multiply, divide
}

/// Geometry of a sliding window over one image.
package struct Window: Sendable {
    var height: Int, width: Int, channels: Int
    var kernelHeight: Int, kernelWidth: Int, stride: Int
    var padTop: Int, padLeft: Int
    package var outWidth: Int
    package var border: Border

    package init(
        height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int, stride: Int, padTop: Int,
        padLeft: Int, outWidth: Int, border: Border = .zeros
    ) {
        (self.height, self.width, self.channels) = (height, width, channels)
        (self.kernelHeight, self.kernelWidth, self.stride) = (kernelHeight, kernelWidth, stride)
        (self.padTop, self.padLeft, self.outWidth, self.border) = (padTop, padLeft, outWidth, border)
    }
}

package typealias Pointer = UnsafePointer<Float>
package typealias MutablePointer = UnsafeMutablePointer<Float>

/// The array kernels of one tier.
package struct Kernels: @unchecked Sendable {  // The table is immutable static data.
    private let table: UnsafePointer<ck_arrays>

    package init(_ tier: KernelTier) {
        precondition(tier.rawValue <= KernelTier.detected.rawValue, "Kernels: \(tier) is not supported here")
        table = ck_arrays_for(ck_tier(rawValue: tier.rawValue))
    }

    /// The tier that all array operations use.
    package static let current = Kernels(.selected)

    package func unary(_ f: UnaryFunction, _ x: Pointer, _ y: MutablePointer, _ n: Int) {
        table.pointee.unary(ck_unary(rawValue: f.rawValue), x, y, n)
    }

    package func unaryGradient(
        _ f: UnaryFunction, _ x: Pointer, _ y: Pointer, _ dy: Pointer, _ dx: MutablePointer, _ n: Int
    ) {
        table.pointee.unary_grad(ck_unary(rawValue: f.rawValue), x, y, dy, dx, n)
    }

    package func binary(
        _ f: BinaryFunction, _ a: Pointer, _ a0: Int, _ a1: Int, _ b: Pointer, _ b0: Int, _ b1: Int,
        _ out: MutablePointer, _ n0: Int, _ n1: Int
    ) {
        table.pointee.binary(ck_binary(rawValue: f.rawValue), a, a0, a1, b, b0, b1, out, n0, n1)
    }

    package func affine(_ x: Pointer, _ y: MutablePointer, _ n: Int, scale: Float, shift: Float) {
        table.pointee.affine(x, y, n, scale, shift)
    }

    package func accumulate(_ x: Pointer, _ y: MutablePointer, _ n: Int, scale: Float) {
        table.pointee.accumulate(x, y, n, scale)
    }

    package func clamp(_ x: Pointer, _ y: MutablePointer, _ n: Int, low: Float, high: Float) {
        table.pointee.clamp(x, y, n, low, high)
    }

    package func clampGradient(
        _ x: Pointer, _ dy: Pointer, _ dx: MutablePointer, _ n: Int, low: Float, high: Float
    ) {
        table.pointee.clamp_grad(x, dy, dx, n, low, high)
    }

    package func fill(_ y: MutablePointer, _ n: Int, _ value: Float) { table.pointee.fill(y, n, value) }
    package func sum(_ x: Pointer, _ n: Int) -> Double { table.pointee.sum(x, n) }
    package func dot(_ x: Pointer, _ y: Pointer, _ n: Int) -> Double { table.pointee.dot(x, y, n) }
    package func maximum(_ x: Pointer, _ n: Int) -> Float { table.pointee.maximum(x, n) }

    package func sumColumns(
        _ x: Pointer, rows: Int, cols: Int, stride: Int, _ y: UnsafeMutablePointer<Double>
    ) {
        table.pointee.sum_columns(x, rows, cols, stride, y)
    }

    package func softmax(_ x: Pointer, _ y: MutablePointer, rows: Int, cols: Int) {
        table.pointee.softmax(x, y, rows, cols)
    }

    package func softmaxGradient(
        _ y: Pointer, _ dy: Pointer, _ dx: MutablePointer, rows: Int, cols: Int, scale: Float
    ) {
        table.pointee.softmax_grad(y, dy, dx, rows, cols, scale)
    }

    package func layerNorm(
        _ x: Pointer, _ scale: Pointer?, _ bias: Pointer?, _ y: MutablePointer, rows: Int, cols: Int,
        epsilon: Float
    ) {
        table.pointee.layer_norm(x, scale, bias, y, rows, cols, epsilon)
    }

    package func layerNormGradient(
        _ x: Pointer, _ scale: Pointer?, _ dy: Pointer, _ dx: MutablePointer?,
        _ dscale: UnsafeMutablePointer<Double>?, _ dbias: UnsafeMutablePointer<Double>?, rows: Int, cols: Int,
        epsilon: Float
    ) {
        table.pointee.layer_norm_grad(x, scale, dy, dx, dscale, dbias, rows, cols, epsilon)
    }

    package func softmaxBlock(
        _ scores: MutablePointer, rows: Int, cols: Int, maxima: MutablePointer, sums: MutablePointer,
        _ out: MutablePointer, stride: Int, width: Int
    ) {
        table.pointee.softmax_block(scores, rows, cols, maxima, sums, out, stride, width)
    }

    package func softmaxFinish(
        maxima: MutablePointer, sums: Pointer, rows: Int, _ out: MutablePointer, stride: Int, width: Int
    ) {
        table.pointee.softmax_finish(maxima, sums, rows, out, stride, width)
    }

    package func expRows(_ scores: MutablePointer, rows: Int, cols: Int, offsets: Pointer) {
        table.pointee.exp_rows(scores, rows, cols, offsets)
    }

    package func scoreGradient(
        _ weights: Pointer, _ slopes: MutablePointer, rows: Int, cols: Int, offsets: Pointer
    ) {
        table.pointee.score_grad(weights, slopes, rows, cols, offsets)
    }

    package func fewRows(
        _ x: Pointer, rows: Int, _ w: Pointer, k: Int, bias: Pointer?, _ y: MutablePointer, cols: Int,
        _ range: Range<Int>
    ) {
        table.pointee.few_rows(x, rows, w, k, bias, y, cols, range.lowerBound, range.upperBound)
    }

    package func columnMoments(
        _ x: Pointer, pivot: Pointer, rows: Int, cols: Int, _ sum: UnsafeMutablePointer<Double>,
        _ square: UnsafeMutablePointer<Double>
    ) {
        table.pointee.column_moments(x, pivot, rows, cols, sum, square)
    }

    package func columnAffine(
        _ x: Pointer, _ a: Pointer, _ b: Pointer, _ y: MutablePointer, rows: Int, cols: Int, silu: Bool
    ) {
        table.pointee.column_affine(x, a, b, y, rows, cols, silu ? 1 : 0)
    }

    package func columnAffineGradientMoments(
        _ x: Pointer, _ dy: Pointer, _ a: Pointer, _ b: Pointer, mean: Pointer, rows: Int, cols: Int,
        silu: Bool,
        _ sum: UnsafeMutablePointer<Double>, _ product: UnsafeMutablePointer<Double>
    ) {
        table.pointee.column_affine_grad_moments(
            x, dy, a, b, mean, rows, cols, silu ? 1 : 0, sum, product)
    }

    package func columnAffineGradient(
        _ x: Pointer, _ dy: Pointer, _ a: Pointer, _ b: Pointer, _ p: Pointer, _ q: Pointer, _ r: Pointer,
        _ dx: MutablePointer, rows: Int, cols: Int, silu: Bool
    ) {
        table.pointee.column_affine_grad(x, dy, a, b, p, q, r, dx, rows, cols, silu ? 1 : 0)
    }

    package func copyRows(
        _ x: Pointer, stride xStride: Int, _ y: MutablePointer, stride yStride: Int, rows: Int, cols: Int
    ) {
        table.pointee.copy_rows(x, xStride, y, yStride, rows, cols)
    }

    /// Writes slices `range` of the first output dimension; at most eight dimensions.
    package func permute(_ x: Pointer, _ y: MutablePointer, dims: [Int], strides: [Int], _ range: Range<Int>)
    {
        var p = ck_permutation()
        p.rank = dims.count
        withUnsafeMutableBytes(of: &p.dims) { $0.copyBytes(from: dims.withUnsafeBytes { Array($0) }) }
        withUnsafeMutableBytes(of: &p.strides) { $0.copyBytes(from: strides.withUnsafeBytes { Array($0) }) }
        table.pointee.permute(x, y, &p, range.lowerBound, range.upperBound)
    }

    package func sumTaps(_ products: Pointer, _ window: Window, _ rows: Range<Int>, _ y: MutablePointer) {
        var w = ck_window(window)
        table.pointee.sum_taps(products, &w, rows.lowerBound, rows.upperBound, y)
    }

    package func upsample(
        _ x: Pointer, _ y: MutablePointer, width: Int, channels: Int, factor: Int, _ rows: Range<Int>
    ) {
        table.pointee.upsample(x, y, width, channels, factor, rows.lowerBound, rows.upperBound)
    }

    package func upsampleGradient(
        _ dy: Pointer, _ dx: MutablePointer, width: Int, channels: Int, factor: Int, _ rows: Range<Int>
    ) {
        table.pointee.upsample_grad(dy, dx, width, channels, factor, rows.lowerBound, rows.upperBound)
    }

    package func resizeBilinear(
        _ x: Pointer, _ size: (Int, Int), channels: Int, _ y: MutablePointer, _ outSize: (Int, Int),
        _ rows: Range<Int>
    ) {
        table.pointee.resize_bilinear(
            x, size.0, size.1, channels, y, outSize.0, outSize.1, rows.lowerBound, rows.upperBound)
    }

    package func resizeBilinearGradient(
        _ dx: MutablePointer, _ size: (Int, Int), channels: Int, _ dy: Pointer, _ outSize: (Int, Int)
    ) {
        table.pointee.resize_bilinear_grad(dx, size.0, size.1, channels, dy, outSize.0, outSize.1)
    }

    package func pool(
        _ x: Pointer, _ y: MutablePointer, width: Int, channels: Int, size: Int, stride: Int, outWidth: Int,
        maximum: Bool, _ rows: Range<Int>
    ) {
        table.pointee.pool(
            x, y, width, channels, size, stride, outWidth, maximum ? 1 : 0, rows.lowerBound, rows.upperBound)
    }

    package func adam(
        _ p: MutablePointer, _ m: MutablePointer, _ v: MutablePointer, _ g: Pointer, _ n: Int,
        _ step: AdamStep
    ) {
        table.pointee.adam(p, m, v, g, n, step.rate, step.beta1, step.beta2, step.epsilon, step.correction2)
    }

    /// The same, except that blocks of 16 with an all-zero gradient keep parameters and moments; clears the gradient.
    package func adamSparse(
        _ p: MutablePointer, _ m: MutablePointer, _ v: MutablePointer, _ g: MutablePointer, _ n: Int,
        _ step: AdamStep
    ) {
        table.pointee.adam_sparse(
            p, m, v, g, n, step.rate, step.beta1, step.beta2, step.epsilon, step.correction2)
    }
}

extension ck_window {
    init(_ w: Window) {
        self.init(
            height: w.height, width: w.width, channels: w.channels, kernel_height: w.kernelHeight,
            kernel_width: w.kernelWidth, stride: w.stride, pad_top: w.padTop, pad_left: w.padLeft,
            out_width: w.outWidth, reflect: w.border == .reflection ? 1 : 0)
    }
}

/// The Fourier kernels of one tier for lines of one length; see `ck_fourier.h` for the layouts.
package struct FourierKernels: @unchecked Sendable {  // The table is immutable static data.
    private let table: UnsafePointer<ck_fourier>

    package init(_ tier: KernelTier) {
        precondition(
            tier.rawValue <= KernelTier.detected.rawValue, "FourierKernels: \(tier) is not supported here")
        table = ck_fourier_for(ck_tier(rawValue: tier.rawValue))
    }

    /// The tier that all array operations use.
    package static let current = FourierKernels(.selected)

    package func real(
        _ line: FourierLine, _ x: Pointer, channels: Int, scale: Float, interior: Float,
        _ spectrum: MutablePointer, scratch: MutablePointer
    ) {
        line.withPlan { table.pointee.real($0, x, channels, scale, interior, spectrum, scratch) }
    }

    package func realInverse(
        _ line: FourierLine, _ spectrum: Pointer, channels: Int, scale: Float, interior: Float,
        _ x: MutablePointer, scratch: MutablePointer
    ) {
        line.withPlan { table.pointee.real_inverse($0, spectrum, channels, scale, interior, x, scratch) }
    }

    package func complex(
        _ line: FourierLine, _ lines: MutablePointer, stride: Int, channels: Int, inverse: Bool, scale: Float,
        scratch: MutablePointer
    ) {
        line.withPlan { table.pointee.complex($0, lines, stride, channels, inverse ? 1 : 0, scale, scratch) }
    }
}

extension FourierLine {
    /// Floats of scratch per line.
    package var scratch: Int { ck_fourier_scratch(length) }

    fileprivate func withPlan(_ body: (UnsafePointer<ck_fourier_plan>) -> Void) {
        var plan = ck_fourier_plan()
        plan.length = length
        plan.count = factors.count
        withUnsafeMutableBytes(of: &plan.factors) {
            $0.copyBytes(from: factors.withUnsafeBytes { Array($0) })
        }
        twiddles.withUnsafeBufferPointer {
            plan.twiddles = $0.baseAddress
            body(&plan)
        }
    }
}

/// C functions without tiers.
enum SharedKernels {
    static func philox(
        key: UInt64, stream: UInt64, counter: UInt64, _ out: UnsafeMutablePointer<UInt32>, blocks: Int
    ) {
        ck_philox(key, stream, counter, out, blocks)
    }

    static func boxMuller(_ words: UnsafePointer<UInt32>, _ out: MutablePointer, _ n: Int) {
        ck_box_muller(words, out, n)
    }

    /// Processors available to this process.
    static var processors: Int { Int(ck_processor_count()) }

    /// Spin-wait hint (`pause`).
    static func pause() { ck_pause() }

    static var threadIsWorker: Bool {
        get { ck_thread_is_worker() != 0 }
        set { ck_thread_set_worker(newValue ? 1 : 0) }
    }
}
