// Layers read the right tensors in the right layout, and optimisers take the published steps.
import Arrays
import Autograd
import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing

@Suite struct LayerTests {
    private func normal(_ shape: [Int], _ name: String = "x") -> NDArray {
        var stream = RandomStream(seed: 4, stream: name)
        return stream.normal(shape)
    }

    @Test func linearReadsItsWeights() throws {
        let w = normal([3, 5], "w"), b = normal([3], "b"), x = normal([2, 4, 5])
        let scope = WeightScope(arrays: ["a.weight": w, "a.bias": b])
        let layer = try Linear(from: scope["a"], in: 5, out: 3)
        expectClose(layer(Tensor(x)).value, x.matmul(w, transposeOther: true) + b, relative: 1e-6)
        try scope.finish()
        #expect(throws: CheckpointError.self) { try Linear(from: scope["a"], in: 3, out: 5) }
        #expect(throws: CheckpointError.self) { try Linear(from: scope["b"], in: 5, out: 3) }
    }

    /// As one operation and, where something is recorded, step by step.
    @Test func perceptronsExpandAndContract() throws {
        let scope = WeightScope(arrays: [
            "a.weight": normal([6, 5], "a"), "a.bias": normal([6], "ab"), "b.weight": normal([4, 6], "b"),
            "b.bias": normal([4], "bb"), "n.weight": normal([5], "n"), "n.bias": normal([5], "nb"),
        ])
        let norm = try LayerNorm(from: scope["n"], size: 5)
        let expand = try Linear(from: scope["a"], in: 5, out: 6)
        let contract = try Linear(from: scope["b"], in: 6, out: 4)
        let mlp = Perceptron(expand: expand, activation: .gelu, contract: contract)
        for recorded in [[], [0], [1], [0, 1]] {
            let inputs = [normal([2, 3, 5]), normal([2, 3, 4], "addend")].enumerated().map {
                recorded.contains($0.offset) ? Tensor.variable($0.element) : Tensor($0.element)
            }
            let y = mlp(inputs[0], after: norm, plus: inputs[1])
            let steps = contract(expand(norm(inputs[0])).gelu()) + inputs[1]
            expectClose(y.value, steps.value, relative: 1e-6, "of \(recorded)")
            let seed = normal(y.shape, "seed")
            let found = gradients(of: y, seed: seed, withRespectTo: inputs)
            let expected = gradients(of: steps, seed: seed, withRespectTo: inputs)
            for i in recorded { expectClose(found[i], expected[i], relative: 1e-5, "by \(i) of \(recorded)") }
        }
    }

    @Test func convolutionRepacksPyTorchsLayout() throws {
        // One output channel that picks tap (ky, kx) = (0, 2) of input channel 1.
        var w = NDArray.zeros([1, 2, 3, 3])
        w.withUnsafeMutableBuffer { $0[1 * 9 + 0 * 3 + 2] = 1 }
        let scope = WeightScope(arrays: ["weight": w, "bias": NDArray([0.5], shape: [1])])
        let layer = try Convolution2D(from: scope, in: 2, out: 1, kernel: 3, padding: 1)
        let x = normal([1, 4, 5, 2])
        let y = layer(Tensor(x)).value
        #expect(y.shape == [1, 4, 5, 1])
        // Output (2, 3) sees input (1, 4).
        expectClose(
            y[leading: 0][leading: 2][leading: 3], x[leading: 0][leading: 1][leading: 4].leading(1..<2) + 0.5)
    }

    @Test func transposedConvolutionRepacksPyTorchsLayout() throws {
        var w = NDArray.zeros([2, 1, 2, 2])
        // Input channel 1 to the only output channel at (ky, kx) = (1, 0).
        w.withUnsafeMutableBuffer { $0[1 * 4 + 2] = 1 }
        let layer = try TransposedConvolution2D(
            from: WeightScope(arrays: ["weight": w]), in: 2, out: 1, kernel: 2, bias: false)
        let x = normal([1, 2, 3, 2])
        let y = layer(Tensor(x)).value
        #expect(y.shape == [1, 4, 6, 1])
        expectIdentical(
            y[leading: 0][leading: 3][leading: 4], x[leading: 0][leading: 1][leading: 2].leading(1..<2))
        expectIdentical(y[leading: 0][leading: 3][leading: 5], .zeros([1]))
    }

    @Test func aFoldedNormGivesWhatConvolutionAndNormGive() throws {
        let statistics = [
            "weight": normal([3], "s"), "bias": normal([3], "b"), "running_mean": normal([3], "m"),
            "running_var": NDArray([0.2, 1, 3], shape: [3]),
        ]
        let norm = try BatchNorm(from: WeightScope(arrays: statistics), channels: 3)
        let x = Tensor(normal([1, 4, 5, 2]))
        func normed(_ y: Tensor) -> NDArray {
            let s = statistics.mapValues { Tensor($0) }
            guard let w = s["weight"], let b = s["bias"], let m = s["running_mean"], let v = s["running_var"]
            else { return y.value }
            return ((y - m) / (v + 1e-5).sqrt() * w + b).value
        }
        let scope = WeightScope(arrays: ["weight": normal([3, 2, 3, 3], "w"), "bias": normal([3], "c")])
        for bias in [true, false] {
            let layer = try Convolution2D(
                from: scope, in: 2, out: 3, kernel: 3, padding: 1, border: .reflection, bias: bias)
            expectClose(layer.folding(norm)(x).value, normed(layer(x)), relative: 1e-6)
        }
        let turned = try TransposedConvolution2D(
            from: WeightScope(arrays: ["weight": normal([2, 3, 3, 3], "t"), "bias": normal([3], "c")]),
            in: 2,
            out: 3, kernel: 3, stride: 2, padding: 1, outputPadding: 1)
        expectClose(turned.folding(norm)(x).value, normed(turned(x)), relative: 1e-6)
    }

    @Test func varianceBelowZeroIsRefused() {
        var statistics = ["weight", "bias", "running_mean"].reduce(into: [:]) { $0[$1] = NDArray.zeros([1]) }
        statistics["running_var"] = NDArray([-1], shape: [1])
        #expect {
            try BatchNorm(from: WeightScope(arrays: statistics), channels: 1)
        } throws: { "\($0)".contains("running_var") }
    }

    @Test func normsAndEmbeddings() throws {
        let s = normal([6], "s"), b = normal([6], "b"), x = normal([1, 2, 2, 6])
        let scope = WeightScope(arrays: ["weight": s, "bias": b])
        let layer = try LayerNorm(from: scope, size: 6, epsilon: 1e-5)
        expectClose(layer(Tensor(x)).value, x.layerNorm(scale: s, bias: b, epsilon: 1e-5))
        let group = try GroupNorm(from: scope, groups: 2, channels: 6, epsilon: 1e-6)
        expectClose(
            group(Tensor(x), thenSiLU: true).value, group(Tensor(x)).mapped(.silu).value, relative: 1e-6)
        let table = normal([4, 3])
        let embedding = try Embedding(from: WeightScope(arrays: ["weight": table]), count: 4, size: 3)
        #expect(embedding([2, 0]).value.scalars == table[leading: 2].scalars + table[leading: 0].scalars)
    }

    @Test func headsSplitAndMerge() {
        let q = normal([2, 5, 6], "q"), k = normal([2, 4, 6], "k"), v = normal([2, 4, 9], "v")
        expectIdentical(Tensor(q).splitHeads(3).mergedHeads().value, q)
        let y = multiHeadAttention(Tensor(q), Tensor(k), Tensor(v), heads: 3)
        #expect(y.shape == [2, 5, 9])
        // The same by hand for one head.
        let (qh, kh, vh) = (q.sliced(axis: 2, 2..<4), k.sliced(axis: 2, 2..<4), v.sliced(axis: 2, 3..<6))
        let weights = (qh.matmul(kh, transposeOther: true) * Float(1 / 2.0.squareRoot())).softmax()
        expectClose(y.value.sliced(axis: 2, 3..<6), weights.matmul(vh), relative: 1e-6)
    }

    @Test func activationNames() throws {
        let decoder = JSONDecoder()
        func decode(_ name: String) throws -> Activation {
            try decoder.decode(Activation.self, from: Data("\"\(name)\"".utf8))
        }
        #expect(try decode("gelu") == .gelu)
        #expect(try decode("quick_gelu") == .quickGELU)
        #expect(try decode("gelu_new") == .tanhGELU)
        #expect(try decode("gelu_pytorch_tanh") == .tanhGELU)
        #expect(try decode("swish") == .silu)
        #expect(try decode("silu") == .silu)
        #expect(throws: DecodingError.self) { try decode("mish") }
        let x = Tensor(NDArray([-1, 0.5], shape: [2]))
        expectClose(Activation.quickGELU(x).value.scalars, [-0.154_204, 0.350_388], relative: 1e-5)
    }

    /// torch.optim.Adam([w], lr=0.1) on the loss Σ i w² / 2, five steps from ones.
    @Test func adamTakesPyTorchsSteps() {
        var w = NDArray([1, 1, 1], shape: [3])
        var optimiser = Adam(rate: 0.1)
        for _ in 0..<5 { optimiser.update(&w, gradient: w * NDArray([0, 1, 2], shape: [3])) }
        expectClose(w.scalars, adamReference, relative: 1e-6)
        #expect(optimiser.step == 5)
    }
}

private let adamReference: [Float] = [1, 0.507963662, 0.507963659]
