// Cases large enough to be cut into tiles, against their definitions composed from other operations.
import Arrays
import Autograd
import TestSupport
import Testing

@Suite(.serialized) struct TiledTests {
    private func normal(_ shape: [Int], _ name: String) -> NDArray {
        var stream = RandomStream(seed: 8, stream: name)
        return stream.normal(shape)
    }

    /// Values and gradients of two functions of the same operands.
    private func compare(
        _ inputs: [NDArray], relative: Double, _ name: String, _ actual: ([Tensor]) -> Tensor,
        _ expected: ([Tensor]) -> Tensor
    ) {
        let variables = inputs.map { Tensor.variable($0) }
        let a = actual(variables), e = expected(variables)
        expectClose(a.value, e.value, relative: relative, name)
        let seed = normal(e.shape, "seed")
        let found = gradients(of: a, seed: seed, withRespectTo: variables)
        for (i, reference) in gradients(of: e, seed: seed, withRespectTo: variables).enumerated() {
            expectClose(found[i], reference, relative: 2 * relative, "\(name) gradient \(i)")
        }
    }

    @Test func attentionOverSeveralKeyBlocks() {
        let q = normal([1, 2, 300, 8], "q"), k = normal([1, 2, 1100, 8], "k"),
            v = normal([1, 2, 1100, 5], "v")
        var bias = normal([1, 1, 300, 1100], "bias")
        // Whole first and last blocks masked for some rows, so that maxima start at -infinity.
        bias.withUnsafeMutableBuffer { b in
            for i in 0..<600 { b[7 * 1100 + i] = -.infinity }
            for i in 400..<1100 { b[290 * 1100 + i] = -.infinity }
        }
        compare([q, k, v], relative: 3e-6, "attention") {
            attention($0[0], $0[1], $0[2], scale: 0.4, bias: Tensor(bias))
        } _: {
            (($0[0] * 0.4).matmul($0[1], transposeOther: true) + Tensor(bias)).softmax().matmul($0[2])
        }
    }

    @Test func attentionOfTokensEqualsAttentionOfHeads() {
        let q = normal([2, 70, 24], "q"), k = normal([2, 50, 24], "k"), v = normal([2, 50, 12], "v")
        func split(_ x: Tensor) -> Tensor {
            x.reshaped([x.shape[0], x.shape[1], 3, x.shape[2] / 3]).transposed([0, 2, 1, 3])
        }
        let bias = Tensor(normal([3, 1, 50], "bias"))
        compare([q, k, v], relative: 2e-6, "tokens") {
            multiHeadAttention($0[0], $0[1], $0[2], heads: 3, bias: bias)
        } _: {
            attention(split($0[0]), split($0[1]), split($0[2]), bias: bias).transposed([0, 2, 1, 3])
                .reshaped([2, 70, 12])
        }
    }

    /// Both ways: with gradients the projections are parted, without they are read where they lie.
    @Test func attentionOfJoinedProjectionsEqualsAttentionOfParts() {
        let tokens = normal([2, 70, 36], "qkv"), bias = Tensor(normal([70, 70], "bias"))
        func parted(_ x: Tensor) -> Tensor {
            let parts = x.split(3, axis: -1)
            return multiHeadAttention(parts[0], parts[1], parts[2], heads: 3, bias: bias)
        }
        compare([tokens], relative: 2e-6, "joined") {
            selfAttention($0[0], heads: 3, bias: bias, precision: .float32)
        } _: {
            parted($0[0])
        }
        expectClose(
            selfAttention(Tensor(tokens), heads: 3, bias: bias, precision: .float32).value,
            parted(Tensor(tokens)).value, relative: 2e-6)
    }

    @Test func rowsWithoutAnyKeyBecomeZeros() {
        let x = Tensor(normal([1, 1, 3, 4], "x"))
        let mask = NDArray([0, 0, 0, -.infinity, -.infinity, -.infinity, 0, -.infinity, 0], shape: [3, 3])
        let v = Tensor.variable(x.value)
        let y = attention(v, v, v, bias: Tensor(mask))
        #expect(y.value.scalars[4..<8].allSatisfy { $0 == 0 })
        #expect(y.value.scalars.allSatisfy { $0.isFinite })
        #expect(gradients(of: y.sum(), withRespectTo: [v])[0].scalars.allSatisfy { $0.isFinite })
    }
}
