// Every instruction-set variant of the kernels against the scalar one, and that one against double precision.
import Arrays
import Foundation
import TestSupport
import Testing

@Suite struct TierTests {
    /// Lengths round the vector widths and the block length of the reductions.
    private static let lengths = [0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 257, 511, 513, 1031]
    private static let faster = KernelTier.allCases.filter {
        $0 != .scalar && $0.rawValue <= KernelTier.detected.rawValue
    }
    private let scalar = Kernels(.scalar)

    private func normal(_ count: Int, _ name: String) -> [Float] {
        var stream = RandomStream(seed: 9, stream: name)
        return stream.normal([count]).scalars.map { $0 * 3 }
    }

    /// Runs `body` on both variants with an output of `count` values and compares.
    private func compare(
        _ tier: KernelTier, _ name: String, count: Int, start: Float = 0, relative: Double = 1e-6,
        _ body: (Kernels, UnsafeMutablePointer<Float>) -> Void
    ) {
        // One value more than is written: it must stay.
        func run(_ kernels: Kernels) -> [Float] {
            var out = [Float](repeating: start, count: count + 1)
            out[count] = 12345
            out.withUnsafeMutableBufferPointer { if let p = $0.baseAddress { body(kernels, p) } }
            return out
        }
        let expected = run(scalar), actual = run(Kernels(tier))
        #expect(actual[count] == 12345 && expected[count] == 12345, "\(name) wrote past \(count)")
        expectClose(
            Array(actual.dropLast()), Array(expected.dropLast()), relative: relative,
            "\(tier) \(name) \(count)")
    }

    @Test func theEnvironmentOfATestRunNamesTheTier() throws {
        let named = ProcessInfo.processInfo.environment["LATHE_TIER"].flatMap { KernelTier(name: $0) }
        #expect(KernelTier.selected == min(named ?? .detected, .detected))
    }

    @Test func aTierInUseCannotBeChanged() throws {
        let used = KernelTier.selected
        try KernelTier.select(used)
        for tier in KernelTier.allCases where tier != used {
            let error = #expect(throws: KernelTierError.self) { try KernelTier.select(tier) }
            #expect(error?.description.contains("\(tier)") == true)
        }
        #expect(KernelTier.selected == used)
    }

    @Test(arguments: faster) func elementwise(_ tier: KernelTier) {
        for n in Self.lengths {
            let x = normal(n, "x"), positive = x.map { $0 * $0 + 0.01 }, y = normal(n, "y").map { $0 + 10 }
            for f in UnaryFunction.allCases {
                let input = f == .sqrt || f == .reciprocal ? positive : x
                compare(tier, "\(f)", count: n) { $0.unary(f, input, $1, n) }
                compare(tier, "\(f) gradient", count: n, relative: 3e-6) {
                    $0.unaryGradient(f, input, y, x, $1, n)
                }
            }
            for f in BinaryFunction.allCases {
                for (a, b) in [(1, 1), (1, 0), (0, 1), (0, 0)] where n > 0 {
                    compare(tier, "\(f)", count: n) { $0.binary(f, x, 0, a, y, 0, b, $1, 1, n) }
                }
            }
            compare(tier, "affine", count: n) { $0.affine(x, $1, n, scale: 3, shift: 2) }
            compare(tier, "accumulate", count: n, start: 1) { $0.accumulate(x, $1, n, scale: 0.3) }
            compare(tier, "clamp", count: n) { $0.clamp(x, $1, n, low: -1, high: 2) }
            compare(tier, "fill", count: n) { $0.fill($1, n, 4) }
            let step = AdamStep(3, rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8)
            compare(tier, "adam", count: n) { kernels, w in
                var m = x, v = positive
                kernels.adam(w, &m, &v, y, n, step)
            }
            compare(tier, "sparse adam", count: n) { kernels, w in
                var m = x, v = positive, gradient = y
                for i in gradient.indices where i / 16 % 2 == 0 { gradient[i] = 0 }
                kernels.adamSparse(w, &m, &v, &gradient, n, step)
                #expect(gradient.allSatisfy { $0 == 0 } && (n < 16 || m[0] == x[0]))
            }
        }
    }

    @Test(arguments: faster) func reductionsAndRows(_ tier: KernelTier) {
        let fast = Kernels(tier)
        for n in Self.lengths {
            let x = normal(n, "x"), y = normal(n, "y")
            func near(_ a: Double, _ b: Double) -> Bool {
                abs(a - b) <= 1e-5 * (1 + 3 * Double(n).squareRoot())
            }
            #expect(near(fast.sum(x, n), scalar.sum(x, n)))
            #expect(near(fast.sum(x, n), x.reduce(0) { $0 + Double($1) }))
            let product = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(near(fast.dot(x, y, n) / 10, product / 10))
            #expect(fast.maximum(x, n) == x.max() ?? -.infinity)
            guard n > 0 else { continue }
            let rows = normal(3 * n, "rows"), slopes = normal(3 * n, "slopes")
            compare(tier, "softmax", count: 3 * n) { $0.softmax(rows, $1, rows: 3, cols: n) }
            compare(tier, "softmax gradient", count: 3 * n) {
                $0.softmaxGradient(rows, slopes, $1, rows: 3, cols: n, scale: 0.5)
            }
            compare(tier, "layer norm", count: 3 * n, relative: 1e-5) {
                $0.layerNorm(rows, x, y, $1, rows: 3, cols: n, epsilon: 1e-5)
            }
            guard n > 1 else { continue }
            compare(tier, "layer norm gradient", count: 3 * n, relative: 2e-5) {
                $0.layerNormGradient(rows, x, slopes, $1, nil, nil, rows: 3, cols: n, epsilon: 1e-5)
            }
        }
    }

    @Test(arguments: faster) func columns(_ tier: KernelTier) {
        for n in Self.lengths where n > 0 {
            let x = normal(70 * n, "x"), dy = normal(70 * n, "dy")
            let a = normal(n, "a"), b = normal(n, "b"), c = normal(n, "c"), d = normal(n, "d")
            for silu in [false, true] {
                compare(tier, "affine", count: 70 * n) {
                    $0.columnAffine(x, a, b, $1, rows: 70, cols: n, silu: silu)
                }
                compare(tier, "affine gradient", count: 70 * n, relative: 3e-6) {
                    $0.columnAffineGradient(x, dy, a, b, c, d, a, $1, rows: 70, cols: n, silu: silu)
                }
                compare(tier, "gradient moments", count: 2 * n, relative: 1e-5) { kernels, out in
                    var s = [Double](repeating: 0, count: n), p = s
                    kernels.columnAffineGradientMoments(
                        x, dy, a, b, mean: c, rows: 70, cols: n, silu: silu, &s, &p)
                    for i in 0..<n { (out[i], out[n + i]) = (Float(s[i]), Float(p[i])) }
                }
            }
            compare(tier, "moments", count: 3 * n, relative: 1e-5) { kernels, out in
                var s = [Double](repeating: 0, count: n), q = s, t = s
                kernels.columnMoments(x, pivot: a, rows: 70, cols: n, &s, &q)
                kernels.sumColumns(x, rows: 70, cols: n, stride: n, &t)
                for i in 0..<n {
                    (out[i], out[n + i], out[2 * n + i]) = (Float(s[i]), Float(q[i]), Float(t[i]))
                }
            }
        }
    }

    @Test(arguments: faster) func images(_ tier: KernelTier) {
        for c in [1, 3, 8, 17] {
            let x = normal(6 * 5 * c, "x")
            for (stride, pad) in [(1, 1), (2, 0), (2, 1)] {
                let wide = (5 + 2 * pad - 3) / stride + 1, rows = (6 + 2 * pad - 3) / stride + 1
                let w = Window(
                    height: 6, width: 5, channels: c, kernelHeight: 3, kernelWidth: 3, stride: stride,
                    padTop: pad,
                    padLeft: pad, outWidth: wide)
                let products = normal(30 * 9 * c, "products")
                compare(tier, "sums of taps", count: rows * wide * c, relative: 0) {
                    $0.sumTaps(products, w, 0..<rows, $1)
                }
                var mirrored = w
                mirrored.border = .reflection
                compare(tier, "reflecting sums of taps", count: rows * wide * c, relative: 0) {
                    $0.sumTaps(products, mirrored, 0..<rows, $1)
                }
            }
            compare(tier, "upsample", count: 4 * 30 * c) {
                $0.upsample(x, $1, width: 5, channels: c, factor: 2, 0..<6)
            }
            compare(tier, "resize", count: 7 * 9 * c) {
                $0.resizeBilinear(x, (6, 5), channels: c, $1, (7, 9), 0..<7)
            }
            for maximum in [false, true] {
                compare(tier, "pool", count: 6 * c) {
                    $0.pool(
                        x, $1, width: 5, channels: c, size: 2, stride: 2, outWidth: 2, maximum: maximum, 0..<3
                    )
                }
            }
        }
    }

    @Test(arguments: KernelTier.allCases.filter { $0.rawValue <= KernelTier.detected.rawValue })
    func elementaryFunctionsAreAccurate(_ tier: KernelTier) {
        let x = (-8800...8800).map { Float($0) * 0.01 }
        let references: [(UnaryFunction, (Double) -> Double)] = [
            (.exp, { exp($0) }), (.tanh, { tanh($0) }), (.sigmoid, { 1 / (1 + exp(-$0)) }),
            (.gelu, { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }), (.silu, { $0 / (1 + exp(-$0)) }),
        ]
        for (f, reference) in references {
            var y = [Float](repeating: 0, count: x.count)
            Kernels(tier).unary(f, x, &y, x.count)
            for (v, actual) in zip(x, y) {
                let expected = reference(Double(v))
                // Relative for what stays away from zero; GELU's left tail is a difference of nearly equal numbers.
                let scale = f == .gelu ? max(abs(expected), abs(Double(v)) * 0.5) : abs(expected)
                // Below the least normal number results are flushed to zero.
                let allowed = 4e-7 * scale + 1.2e-38
                #expect(
                    abs(Double(actual) - expected) <= allowed, "\(f)(\(v)) = \(actual), expected \(expected)")
            }
        }
        var special = [Float](repeating: 0, count: 4)
        Kernels(tier).unary(.exp, [.infinity, -.infinity, 200, .nan], &special, 4)
        #expect(special[0] == .infinity && special[1] == 0 && special[2] == .infinity && special[3].isNaN)
    }
}
