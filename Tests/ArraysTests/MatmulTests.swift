// Products with packed weights against plain loops and against the operations they replace.
import Arrays
import TestSupport
import Testing

@Suite(.serialized) struct MatmulTests {
    private func normal(_ shape: [Int], _ name: String = "x") -> NDArray {
        var stream = RandomStream(seed: 7, stream: name)
        return stream.normal(shape)
    }

    /// To nearest even, as bfloat16 keeps it.
    private func rounded(_ x: NDArray) -> NDArray {
        NDArray(
            x.scalars.map {
                let bits = $0.bitPattern
                return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
            }, shape: x.shape)
    }

    /// What products see of an array.
    private func seen(_ x: NDArray, _ precision: Precision) -> NDArray {
        precision == .float32 ? x : rounded(x)
    }

    @Test(arguments: Precision.allCases) func matmulsMatchLoops(_ precision: Precision) {
        let sizes = [
            (1, 1, 1), (1, 5, 3), (7, 64, 33), (9, 257, 32), (50, 300, 70), (300, 513, 40), (500, 1100, 65),
        ]
        for (m, k, n) in sizes {
            let x = normal([m, k], "x"), w = normal([n, k], "w")
            let (a, b) = (seen(x, precision).scalars, seen(w, precision).scalars)
            var expected = [Float](repeating: 0, count: m * n)
            for i in 0..<m {
                for j in 0..<n {
                    expected[i * n + j] = Float(
                        (0..<k).reduce(0.0) { $0 + Double(a[i * k + $1]) * Double(b[j * k + $1]) })
                }
            }
            let weight = Weight(w, precision: precision)
            expectClose(
                x.matmul(weight), NDArray(expected, shape: [m, n]), relative: 2e-6, "\(m)x\(k)x\(n)")
            // Packed weights can be had back, as rounded.
            #expect(weight.value.scalars == seen(w, precision).scalars, "\(n)x\(k)")
            let slope = normal([m, n], "slope")
            let adjoint = seen(slope, precision).matmul(seen(w, precision))
            expectClose(slope.matmulAdjoint(weight), adjoint, relative: 2e-6, "adjoint \(m)x\(k)x\(n)")
        }
    }

    @Test(arguments: Precision.allCases) func rowsChangePlacesOnTheWay(_ precision: Precision) {
        for (m, k, n, count) in [(3, 5, 3, 7), (300, 530, 70, 301), (260, 64, 600, 500)] {
            // Runs of up to four neighbours, the last of which come first.
            let runs = stride(from: 0, to: m, by: 4).map { Array($0..<min(m, $0 + 4)) }
            let order = RowPlaces(runs.reversed().flatMap { $0.map { $0 + count - m } }, of: count)
            let weight = Weight(normal([n, k], "w"), precision: precision)
            let bias = normal([n], "bias"), addend = normal([m, n], "addend")
            let x = normal([m, k]), wide = normal([count, k], "wide")
            let into = x.matmul(weight, into: order, epilogue: Epilogue(bias: bias, activation: .silu))
            let zeros = x.placed(rows: order.rows).matmul(
                weight, epilogue: Epilogue(bias: bias, activation: .silu))
            #expect(into.scalars == zeros.scalars, "\(m) into \(count)")
            let out = wide.matmul(weight, outOf: order, epilogue: Epilogue(bias: bias, addend: addend))
            let moved = wide.placed(rows: order.places)
                .matmul(weight, epilogue: Epilogue(bias: bias, addend: addend))
            #expect(out.scalars == moved.scalars, "\(m) out of \(count)")
        }
    }

    /// Rows that threads share by columns, in two blocks, and in many; hidden values that fill parts and panels and that do not.
    @Test(arguments: Precision.allCases) func perceptronsAreTwoMatmulsAfterANorm(_ precision: Precision) {
        for (m, k, hidden, n) in [(1, 3, 5, 2), (40, 30, 1300, 36), (300, 600, 71, 33), (1700, 20, 530, 5)] {
            let x = normal([m, k]), addend = normal([m, n], "addend")
            let first = Weight(normal([hidden, k], "first"), precision: precision)
            let second = Weight(normal([n, hidden], "second"), precision: precision)
            let inner = Epilogue(bias: normal([hidden], "inner"), activation: .gelu)
            let outer = Epilogue(bias: normal([n], "outer"), addend: addend)
            let norm = LayerNormalization(
                scale: normal([k], "scale"), bias: normal([k], "bias"), epsilon: 1e-5)
            let normed = x.layerNorm(scale: norm.scale, bias: norm.bias, epsilon: norm.epsilon)
            let between = normed.matmul(first, epilogue: inner)
            #expect(x.matmul(first, after: norm, epilogue: inner).scalars == between.scalars, "\(m)x\(k)")
            #expect(
                x.perceptron(first, second, after: norm, hidden: inner, epilogue: outer).scalars
                    == between.matmul(second, epilogue: outer).scalars, "\(m)x\(k)x\(hidden)x\(n)")
            let places = RowPlaces(Array((1...m).reversed()), of: m + 2)
            #expect(
                x.matmul(first, into: places, after: norm).scalars
                    == normed.matmul(first, into: places).scalars, "\(m)x\(k) into places")
        }
    }

    @Test func epiloguesTakeTheirSteps() {
        let x = normal([6, 20]), w = normal([37, 20], "w"), plain = x.matmul(Weight(w))
        let bias = normal([3, 37], "bias"), factor = normal([6, 37], "factor"),
            addend = normal([6, 37], "add")
        let rows = NDArray.concatenated((0..<6).map { bias.leading($0 / 2..<$0 / 2 + 1) }, axis: 0)
        for (f, g): (UnaryFunction?, UnaryFunction?) in [
            (nil, nil), (.gelu, nil), (.silu, .relu), (.quickGELU, .sigmoid), (.tanhGELU, .tanh),
        ] {
            let biased = plain + rows
            let sum = (f.map { biased.mapped($0) } ?? biased) * factor + addend
            let epilogue = Epilogue(
                bias: bias, biasRows: 2, activation: f, factor: factor, addend: addend, last: g)
            expectClose(
                x.matmul(Weight(w), epilogue: epilogue), g.map { sum.mapped($0) } ?? sum, relative: 1e-6,
                "\(String(describing: f)), \(String(describing: g))")
        }
        let shared = Epilogue(bias: normal([37], "shared"))
        expectClose(x.matmul(Weight(w), epilogue: shared), plain + normal([37], "shared"), relative: 1e-6)
    }

    /// Kernels, strides, paddings and borders that are gathered, those that Winograd's transforms suit, and those of few
    /// results.
    @Test(arguments: Precision.allCases) func convolutionsMatchTheirDefinition(_ precision: Precision) {
        let cases: [(image: [Int], kernel: [Int], stride: Int, padding: Padding, border: Border)] = [
            ([2, 5, 7, 3], [9, 3, 3, 3], 1, Padding(1), .zeros),
            ([1, 9, 8, 5], [33, 5, 2, 2], 2, Padding(top: 0, left: 0, bottom: 1, right: 1), .zeros),
            ([2, 9, 8, 40], [12, 40, 3, 3], 2, Padding(1), .zeros),
            ([1, 10, 12, 33], [34, 33, 3, 3], 2, Padding(top: 0, left: 0, bottom: 1, right: 1), .zeros),
            ([2, 11, 8, 3], [5, 3, 4, 4], 4, .zero, .zeros),
            ([1, 11, 8, 3], [5, 3, 2, 1], 3, Padding(1), .zeros),
            ([1, 9, 11, 6], [7, 6, 5, 5], 3, Padding(2), .zeros),
            ([1, 9, 8, 6], [7, 6, 3, 3], 2, Padding(1), .reflection),
            ([1, 12, 11, 4], [8, 4, 7, 7], 1, Padding(3), .reflection),
            ([2, 6, 6, 30], [20, 30, 1, 1], 1, .zero, .zeros),
            ([1, 1, 1, 32], [36, 32, 3, 3], 1, Padding(1), .zeros),
            ([1, 1, 1, 32], [2, 32, 3, 3], 1, Padding(1), .zeros),
            ([2, 9, 11, 36], [2, 36, 3, 3], 1, Padding(1), .zeros),
            ([1, 150, 130, 20], [2, 20, 7, 7], 1, Padding(3), .reflection),
            ([2, 6, 5, 3], [2, 3, 4, 2], 1, Padding(top: 2, left: 0, bottom: 1, right: 1), .zeros),
            ([2, 7, 5, 33], [70, 33, 3, 3], 1, Padding(1), .zeros),
            ([1, 13, 18, 300], [34, 300, 3, 3], 1, Padding(1), .reflection),
            ([3, 40, 44, 64], [96, 64, 3, 3], 1, Padding(1), .zeros),
            ([1, 65, 47, 33], [35, 33, 3, 3], 1, Padding(1), .reflection),
            ([2, 29, 42, 130], [32, 130, 3, 3], 1, Padding(1), .zeros),
        ]
        for c in cases {
            let x = normal(c.image), w = normal(c.kernel, "w"), bias = normal([c.kernel[0]], "bias")
            // Winograd's transforms see activations as they are.
            let isTransformed =
                c.kernel[2] == 3 && c.stride == 1 && c.image[3] >= 32 && c.kernel[0] >= 32
            let (a, b) = (isTransformed ? x : seen(x, precision), seen(w, precision))
            let weight = Weight(w, precision: precision)
            let g = ConvolutionGeometry(
                input: x.shape, weight: weight, stride: c.stride, padding: c.padding, border: c.border)
            let tolerance = isTransformed ? 1e-5 : 2e-6
            expectClose(
                g.forward(x, weight, epilogue: Epilogue(bias: bias)), g.plainForward(a, b) + bias,
                relative: tolerance, "\(c)")
            let slope = normal(g.outputShape, "slope")
            let isTurned = isTransformed && c.border == .zeros
            expectClose(
                g.inputGradient(slope, weight),
                g.plainInputGradient(isTurned ? slope : seen(slope, precision), b),
                relative: isTurned ? 1e-5 : 2e-6, "gradient of \(c)")
        }
    }

    @Test func imagesAreNormalisedAndDoubledOnTheWayIn() {
        for (channels, height, width) in [(16, 5, 6), (40, 5, 6), (36, 20, 21)] {
            let x = normal([2, height, width, channels]) * 3 + 1
            let norm = GroupNormalization(
                x, groups: 4, scale: normal([channels], "scale"), bias: normal([channels], "bias"),
                epsilon: 1e-5, silu: true)
            for outputs in [3, 34] {
                let weight = Weight(normal([outputs, channels, 3, 3], "w"))
                let g = ConvolutionGeometry(
                    input: [2, 2 * height, 2 * width, channels], weight: weight, stride: 1,
                    padding: Padding(1))
                expectClose(
                    g.forward(x, weight, normalization: norm, isDoubled: true),
                    g.forward(norm.apply(x).upsampledNearest(2), weight), relative: 2e-6,
                    "\(channels) to \(outputs)")
            }
        }
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        let x = normal([700, 300]), w = Weight(normal([130, 300], "w"), precision: .bfloat16)
        let image = normal([1, 40, 50, 64]), kernel = Weight(normal([64, 64, 3, 3], "k"))
        let g = ConvolutionGeometry(input: image.shape, weight: kernel, stride: 1, padding: Padding(1))
        let tokens = normal([2, 150, 3 * 80], "tokens")
        func results() -> [[Float]] {
            [
                x.matmul(w), g.forward(image, kernel),
                Attention(qkv: tokens, heads: 4, scale: 0.2, grid: nil).forward().value,
            ].map(\.scalars)
        }
        let before = Threads.limit
        defer { Threads.setLimit(before) }
        Threads.setLimit(1)
        let alone = results()
        Threads.setLimit(3)
        #expect(results() == alone)
    }

    // MARK: Attention

    /// Softmax of all scores at once.
    private func attended(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, scale: Float, bias: NDArray?
    ) -> NDArray {
        let scores = q.matmul(k, transposeOther: true) * scale
        return (bias.map { scores + $0 } ?? scores).softmax().matmul(v)
    }

    @Test(arguments: Precision.allCases) func attentionMatchesItsDefinition(_ precision: Precision) {
        // In bfloat16 scores, weights and values are rounded: some 2^-8 of what is averaged.
        let tolerance = precision == .float32 ? 3e-6 : 1e-2
        for (n, m, d, e) in [
            (8, 1, 3, 5), (33, 257, 40, 40), (130, 300, 64, 64), (40, 70, 160, 33), (20, 40, 512, 512),
        ] {
            let q = normal([2, 3, n, d], "q"), k = normal([2, 3, m, d], "k"), v = normal([2, 3, m, e], "v")
            var mask = normal([1, 3, n, m], "mask")
            mask.withUnsafeMutableBuffer { for i in $0.indices where i % 3 == 1 { $0[i] = -.infinity } }
            let scale = 1 / Float(d).squareRoot()
            for bias in m > 1 ? [nil, mask] : [nil] {
                let result = Attention(q: q, k: k, v: v, scale: scale, bias: bias, precision: precision)
                    .forward()
                expectClose(
                    result.value, attended(q, k, v, scale: scale, bias: bias), relative: tolerance,
                    "\(n) x \(m), \(d)")
            }
        }
    }

    @Test func gridsAddTheirTermsByRowAndColumn() {
        let side = 9, n = side * side, heads = 2, d = 12
        let tokens = normal([3, n, 3 * heads * d])
        let rows = normal([3, heads, n, side], "rows"), columns = normal([3, heads, n, side], "columns")
        func part(_ index: Int) -> NDArray {
            tokens.reshaped([3, n, 3, heads, d]).transposed([2, 0, 3, 1, 4])[leading: index]
        }
        let bias =
            (rows.reshaped([3, heads, n, side, 1]) + columns.reshaped([3, heads, n, 1, side]))
            .reshaped([3, heads, n, n])
        let expected = attended(part(0), part(1), part(2), scale: 0.3, bias: bias)
        let result = Attention(
            qkv: tokens, heads: heads, scale: 0.3, grid: GridBias(rows: rows, columns: columns)
        ).forward().value
        expectClose(
            result, expected.transposed([0, 2, 1, 3]).reshaped([3, n, heads * d]), relative: 3e-6)
    }

    @Test func queriesThatNoKeyCountsForGetZeros() {
        let q = normal([1, 1, 40, 8], "q"), k = normal([1, 1, 20, 8], "k")
        var mask = NDArray.zeros([40, 20])
        mask.withUnsafeMutableBuffer { for i in 60..<80 { $0[i] = -.infinity } }
        let result = Attention(q: q, k: k, v: k, scale: 1, bias: mask).forward()
        #expect(result.value.scalars[24..<32].allSatisfy { $0 == 0 })
        #expect(result.logSums.scalars[3] == .infinity && result.logSums.scalars[4].isFinite)
        #expect(!result.value.scalars.contains { $0.isNaN })
    }
}
