// Results and gradients of every operation against PyTorch (Fixtures/make.py).
import Arrays
import Autograd
import TestSupport
import Testing

@Suite struct ReferenceTests {
    private let fixture: Fixture
    /// Float32 sums in another order than PyTorch's.
    private let tolerance = 2e-6

    init() throws { fixture = try Fixture("operations") }

    /// Checks `operation` of case `name`; further operands are named `keys`.
    private func check(
        _ name: String, _ keys: [String] = [], sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: ([Tensor]) throws -> Tensor
    ) throws {
        let operands = try (["x"] + keys).map { Tensor.variable(try fixture["\(name).\($0)"]) }
        let y = try operation(operands)
        expectClose(
            y.value, try fixture["\(name).y"], relative: tolerance, name, sourceLocation: sourceLocation)
        let found = gradients(of: y, seed: try fixture["\(name).g"], withRespectTo: operands)
        for (key, gradient) in zip(["x"] + keys, found) {
            expectClose(
                gradient, try fixture["\(name).d\(key)"], relative: 2 * tolerance, "\(name) d\(key)",
                sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: 0..<7) func convolution(_ index: Int) throws {
        let g = try fixture.integers("conv\(index).geometry")
        // [kh, kw, in, out] in the fixture.
        let weight = Weight(try fixture["conv\(index).w"].transposed([3, 2, 0, 1]))
        let bias = try fixture["conv\(index).b"]
        try check("conv\(index)") {
            $0[0].convolved(
                weight, stride: g[0], padding: Padding(top: g[1], left: g[2], bottom: g[3], right: g[4]),
                epilogue: TensorEpilogue(bias: bias))
        }
    }

    @Test func transposedConvolution() throws {
        // [kh, kw, in, out] in the fixture.
        let weight = Weight(try fixture["deconv.w"].transposed([2, 3, 0, 1]))
        let bias = try fixture["deconv.b"]
        try check("deconv") { $0[0].convolvedTransposed(weight, stride: 2, bias: bias) }
    }

    @Test func elementwiseFunctions() throws {
        try check("gelu") { $0[0].gelu() }
        try check("gelu_tanh") { $0[0].mapped(.tanhGELU) }
        try check("gelu_quick") { $0[0].mapped(.quickGELU) }
        try check("silu") { $0[0].mapped(.silu) }
        try check("sigmoid") { $0[0].sigmoid() }
        try check("tanh") { $0[0].tanh() }
        try check("relu") { $0[0].relu() }
        try check("exp") { $0[0].exp() }
        try check("square") { $0[0].square() }
        try check("sqrt") { $0[0].sqrt() }
    }

    @Test func softmax() throws {
        try check("softmax") { $0[0].softmax() }
        try check("softmax1") { $0[0].softmax(axis: 1) }
    }

    @Test func norms() throws {
        // The rows have a mean of 50 and a deviation of 3, which costs either side some digits.
        let x = try fixture["layernorm.x"]
        let scale = try fixture["layernorm.scale"], bias = try fixture["layernorm.bias"]
        let y = Tensor(x).layerNorm(scale: Tensor(scale), bias: Tensor(bias), epsilon: 1e-5)
        expectClose(y.value, try fixture["layernorm.y"], relative: 1e-5)
        let operands = [x, scale, bias].map { Tensor.variable($0) }
        let z = operands[0].layerNorm(scale: operands[1], bias: operands[2], epsilon: 1e-5)
        let found = gradients(of: z, seed: try fixture["layernorm.g"], withRespectTo: operands)
        for (key, gradient) in zip(["dx", "dscale", "dbias"], found) {
            expectClose(gradient, try fixture["layernorm.\(key)"], relative: 1e-5, key)
        }
        try check("groupnorm", ["scale", "bias"]) {
            $0[0].groupNorm(groups: 4, scale: $0[1], bias: $0[2], epsilon: 1e-5)
        }
        try check("groupnorm_silu", ["scale", "bias"]) {
            $0[0].groupNorm(groups: 4, scale: $0[1], bias: $0[2], epsilon: 1e-5, thenSiLU: true)
        }
    }

    @Test func attentionWithAndWithoutBias() throws {
        try check("attention", ["k", "v"]) { attention($0[0], $0[1], $0[2]) }
        try check("attention_bias", ["k", "v", "bias"]) {
            attention($0[0], $0[1], $0[2], scale: 0.5, bias: $0[3])
        }
    }

    @Test func resampling() throws {
        try check("bilinear_up") { $0[0].resizedBilinear(height: 11, width: 9) }
        try check("bilinear_down") { $0[0].resizedBilinear(height: 3, width: 2) }
        try check("bilinear_mixed") { $0[0].resizedBilinear(height: 2, width: 13) }
        try check("nearest") { $0[0].upsampledNearest(2) }
    }
}
