// Every pullback against finite differences, at awkward sizes.
import Arrays
import Autograd
import TestSupport
import Testing

@Suite struct GradientTests {
    private func normal(_ shape: [Int], _ name: String = "x") -> NDArray {
        var stream = RandomStream(seed: 3, stream: name)
        return stream.normal(shape)
    }

    @Test func arithmeticBroadcasts() {
        let pairs: [([Int], [Int])] = [
            ([3, 5], [3, 5]), ([3, 5], [5]), ([3, 5], []), ([2, 1, 7], [4, 1]), ([1], [2, 17]),
            ([2, 3, 4], [2, 1, 4]),
        ]
        for (a, b) in pairs {
            let x = normal(a, "a"), y = normal(b, "b")
            expectGradients("\(a) + \(b)", of: [x, y]) { $0[0] + $0[1] }
            expectGradients("\(a) - \(b)", of: [x, y]) { $0[0] - $0[1] }
            expectGradients("\(a) * \(b)", of: [x, y]) { $0[0] * $0[1] }
            let positive = y.mapped(.square) + 1
            expectGradients("\(a) / \(b)", of: [x, positive]) { $0[0] / $0[1] }
        }
        expectGradients("scalars", of: [normal([9])]) { 2 - ($0[0] * 3 + 1 - 0.5) / 4 }
        expectGradients("reciprocal", of: [normal([9]).mapped(.square) + 1]) { 2 / $0[0] }
    }

    @Test func matmuls() {
        for (m, k, n) in [(1, 1, 1), (3, 4, 5), (17, 1, 3), (5, 33, 2)] {
            expectGradients("\(m)x\(k)x\(n)", of: [normal([m, k], "a"), normal([k, n], "b")]) {
                $0[0].matmul($0[1])
            }
            expectGradients("transposed", of: [normal([m, k], "a"), normal([n, k], "b")]) {
                $0[0].matmul($0[1], transposeOther: true)
            }
        }
        expectGradients("batch", of: [normal([2, 3, 4, 5], "a"), normal([2, 3, 5, 2], "b")]) {
            $0[0].matmul($0[1])
        }
        expectGradients("broadcast batch", of: [normal([2, 1, 4, 5], "a"), normal([3, 2, 5], "b")]) {
            $0[0].matmul($0[1], transposeOther: true)
        }
        expectGradients("shared", of: [normal([2, 3, 4], "a"), normal([4, 6], "b")]) { $0[0].matmul($0[1]) }
    }

    @Test func movement() {
        let x = normal([2, 3, 4, 5])
        expectGradients("reshaped", of: [x]) { $0[0].reshaped([6, -1]).square() }
        for axes in [[0, 2, 1, 3], [3, 2, 1, 0], [1, 0, 3, 2], [0, 1, 2, 3], [2, 3, 0, 1]] {
            expectGradients("transposed \(axes)", of: [x]) { $0[0].transposed(axes).square() }
        }
        expectGradients("sliced", of: [x]) { $0[0].sliced(axis: -2, 1..<3).square() }
        expectGradients("sliced first", of: [x]) { $0[0].sliced(axis: 0, 1..<2).square() }
        expectGradients("padded", of: [x]) {
            $0[0].padded(Padding(top: 1, left: 0, bottom: 2, right: 3)).square()
        }
        expectGradients("concatenated", of: [x, normal([2, 1, 4, 5], "y")]) {
            Tensor.concatenated([$0[0], $0[1], $0[0]], axis: 1).square()
        }
        let places = RowPlaces([2, 0, 5, 3], of: 6), weight = Weight(normal([2, 3], "w"))
        expectGradients("into places", of: [normal([4, 3])]) {
            $0[0].matmul(weight, into: places, bias: NDArray([0.3, -1], shape: [2])).square()
        }
        expectGradients("out of places", of: [normal([6, 3]), normal([4, 2], "y")]) {
            $0[0].matmul(weight, outOf: places, epilogue: TensorEpilogue(activation: .silu, addend: $0[1]))
                .square()
        }
        expectGradients("gathered", of: [normal([5, 3])]) { $0[0].gathered(rows: [4, 0, 4, 2]).square() }
        expectGradients("split", of: [normal([5, 6])]) {
            let parts = $0[0].split(3, axis: -1)
            return parts[0] * parts[2] + parts[1]
        }
    }

    @Test func reductions() {
        let x = normal([3, 4, 5])
        expectGradients("sum", of: [x]) { $0[0].square().sum() }
        expectGradients("mean", of: [x]) { $0[0].square().mean() }
        for axis in -3..<3 {
            expectGradients("sum \(axis)", of: [x]) { $0[0].square().sum(axis: axis) }
            expectGradients("mean \(axis)", of: [x]) { $0[0].square().mean(axis: axis, keepDims: true) }
        }
        expectGradients("axes", of: [x]) { $0[0].square().sum(axes: [0, 2]) }
    }

    @Test func normsAndAttention() {
        expectGradients("softmax", of: [normal([3, 17])]) { $0[0].softmax() }
        expectGradients("layerNorm", of: [normal([3, 9]), normal([9], "s"), normal([9], "b")]) {
            $0[0].layerNorm(scale: $0[1], bias: $0[2], epsilon: 1e-5)
        }
        expectGradients("layerNorm plain", of: [normal([3, 9])]) { $0[0].layerNorm(epsilon: 1e-5) }
        for silu in [false, true] {
            expectGradients("groupNorm", of: [normal([2, 3, 3, 6]), normal([6], "s"), normal([6], "b")]) {
                $0[0].groupNorm(groups: 3, scale: $0[1], bias: $0[2], epsilon: 1e-5, thenSiLU: silu)
            }
        }
        let q = normal([1, 2, 3, 4], "q"), k = normal([1, 2, 5, 4], "k"), v = normal([1, 2, 5, 3], "v")
        expectGradients("attention", of: [q, k, v]) { attention($0[0], $0[1], $0[2]) }
        for shape in [[5], [3, 5], [2, 1, 5], [1, 1, 3, 1], [1, 2, 3, 5]] {
            expectGradients("attention bias \(shape)", of: [q, k, v, normal(shape, "bias")]) {
                attention($0[0], $0[1], $0[2], scale: 1, bias: $0[3])
            }
        }
    }

    @Test func images() {
        let x = normal([1, 5, 4, 3])
        for (k, stride, padding) in [
            (3, 1, Padding(1)), (3, 2, Padding(top: 0, left: 0, bottom: 1, right: 1)),
        ] {
            let weight = Weight(normal([2, 3, k, k], "w"))
            expectGradients("convolved", of: [x]) {
                $0[0].convolved(weight, stride: stride, padding: padding)
            }
        }
        let bias = normal([2], "b")
        let block = Weight(normal([3, 2, 2, 2], "w")), kernel = Weight(normal([3, 2, 3, 3], "w"))
        expectGradients("transposed convolution", of: [x]) {
            $0[0].convolvedTransposed(block, stride: 2, bias: bias)
        }
        expectGradients("transposed convolution 3", of: [x]) {
            $0[0].convolvedTransposed(
                kernel, stride: 2, padding: 1, outputPadding: 1, bias: bias, activation: .tanh)
        }
        for (k, stride, padding) in [
            (3, 2, Padding(1)), (5, 1, Padding(top: 3, left: 6, bottom: 2, right: 0)),
        ] {
            let weight = Weight(normal([2, 3, k, k], "w"))
            expectGradients("convolved, reflecting", of: [x]) {
                $0[0].convolved(weight, stride: stride, padding: padding, border: .reflection)
            }
        }
        for width in [4, 5] {
            let map = normal([2, 3, width, 2]), spectrum = normal([2, 3, width / 2 + 1, 4])
            expectGradients("rfft2", of: [map]) { $0[0].rfft2().square() }
            expectGradients("irfft2", of: [spectrum]) { $0[0].irfft2(width: width).square() }
        }
        expectGradients("recomputed", of: [x]) { $0[0].square().recomputed { ($0 * 2).sigmoid() } * $0[0] }
        expectGradients("upsampledNearest", of: [x]) { $0[0].upsampledNearest(2).square() }
        expectGradients("resizedBilinear", of: [x]) { $0[0].resizedBilinear(height: 7, width: 3).square() }
        expectGradients("clamped", of: [NDArray([-2, -0.5, 0.3, 0.9, 1.5], shape: [5])]) {
            $0[0].clamped(-1...1)
        }
    }
}
