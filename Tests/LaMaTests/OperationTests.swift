// Fourier transforms, reflecting and transposed convolutions, and their gradients, against PyTorch.

import Arrays
import Autograd
import TestSupport
import Testing

@Suite struct OperationTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture("operations") }

    /// Compares the result of `operation` and the gradients of its inputs `keys` with the fixture's case.
    private func check(_ name: String, _ keys: [String], _ operation: ([Tensor]) -> Tensor) throws {
        let inputs = try keys.map { Tensor.variable(try fixture["\(name).\($0)"]) }
        let result = operation(inputs)
        expectClose(result.value, try fixture["\(name).y"], relative: 2e-6, name)
        let slopes = gradients(of: result, seed: try fixture["\(name).g"], withRespectTo: inputs)
        for (key, slope) in zip(keys, slopes) {
            expectClose(slope, try fixture["\(name).d\(key)"], relative: 2e-6, "\(name) d\(key)")
        }
    }

    @Test(arguments: ["even", "odd", "line", "point", "wide"])
    func transformsEqualPyTorchs(name: String) throws {
        try check("fft.\(name)", ["x"]) { $0[0].rfft2() }
        let width = try fixture["fft.\(name).x"].shape[2]
        try check("ifft.\(name)", ["x"]) { $0[0].irfft2(width: width) }
    }

    @Test(arguments: [("three", 1, 1), ("strided", 2, 1), ("seven", 1, 3)])
    func reflectingConvolutionsEqualPyTorchs(name: String, stride: Int, padding: Int) throws {
        // [kh, kw, in, out] in the fixture.
        let weight = Weight(try fixture["reflect.\(name).w"].transposed([3, 2, 0, 1]))
        let bias = try fixture["reflect.\(name).b"]
        try check("reflect.\(name)", ["x"]) {
            $0[0].convolved(
                weight, stride: stride, padding: Padding(padding), border: .reflection,
                epilogue: TensorEpilogue(bias: bias))
        }
    }

    @Test(arguments: [("lama", 2, 1, 1), ("plain", 2, 1, 0), ("dense", 1, 0, 0), ("far", 3, 0, 2)])
    func transposedConvolutionsEqualPyTorchs(name: String, stride: Int, padding: Int, extra: Int) throws {
        // [kh, kw, in, out] in the fixture.
        let weight = Weight(try fixture["turned.\(name).w"].transposed([2, 3, 0, 1]))
        let bias = try fixture["turned.\(name).b"]
        func transposed(_ x: Tensor, _ activation: UnaryFunction? = nil) -> Tensor {
            x.convolvedTransposed(
                weight, stride: stride, padding: padding, outputPadding: extra, bias: bias,
                activation: activation)
        }
        try check("turned.\(name)", ["x"]) { transposed($0[0]) }
        let x = Tensor(try fixture["turned.\(name).x"])
        expectIdentical(transposed(x, .relu).value, transposed(x).relu().value)
    }
}
