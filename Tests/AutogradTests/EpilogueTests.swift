// What is done to a product at once where gradients are recorded, against one step after the other.
import Arrays
import Autograd
import TestSupport
import Testing

@Suite struct EpilogueTests {
    private func normal(_ shape: [Int], _ name: String) -> NDArray {
        var stream = RandomStream(seed: 5, stream: name)
        return stream.normal(shape)
    }

    /// Which steps there are: activation, factor, addend, last.
    static let steps: [(UnaryFunction?, Bool, Bool, UnaryFunction?)] = [
        (nil, false, false, nil), (.relu, false, false, nil), (nil, false, true, nil),
        (nil, false, true, .relu), (nil, false, false, .relu), (.relu, true, true, .relu),
        (.silu, false, true, .relu), (.silu, true, true, nil), (nil, true, true, .relu),
        (.relu, false, true, .tanh), (nil, false, true, .tanh),
    ]

    /// `activation`, times `factor`, plus `addend`, `last`, of those that there are.
    private func stepwise(
        _ y: Tensor, _ activation: UnaryFunction?, _ factor: Tensor?, _ addend: Tensor?,
        _ last: UnaryFunction?
    ) -> Tensor {
        var y = activation.map(y.mapped) ?? y
        if let factor { y = y * factor }
        if let addend { y = y + addend }
        return last.map(y.mapped) ?? y
    }

    @Test(arguments: 0..<Self.steps.count) func ofAMatmul(_ index: Int) throws {
        let (activation, scales, adds, last) = Self.steps[index]
        let weight = Weight(normal([6, 5], "weight")), bias = normal([6], "bias")
        let inputs = [normal([3, 5], "x"), normal([3, 6], "factor"), normal([3, 6], "addend")]
        try compare(inputs) { x in
            let epilogue = TensorEpilogue(
                bias: bias, activation: activation, factor: scales ? x[1] : nil, addend: adds ? x[2] : nil,
                last: last)
            return (
                x[0].matmul(weight, epilogue: epilogue),
                stepwise(
                    x[0].matmul(weight, epilogue: TensorEpilogue(bias: bias)), activation,
                    scales ? x[1] : nil, adds ? x[2] : nil, last)
            )
        }
    }

    @Test(arguments: 0..<Self.steps.count) func ofAConvolution(_ index: Int) throws {
        let (activation, scales, adds, last) = Self.steps[index]
        let weight = Weight(normal([4, 3, 3, 3], "weight")), bias = normal([4], "bias")
        let inputs = [
            normal([1, 5, 4, 3], "x"), normal([1, 5, 4, 4], "factor"), normal([1, 5, 4, 4], "addend"),
        ]
        try compare(inputs) { x in
            let epilogue = TensorEpilogue(
                bias: bias, activation: activation, factor: scales ? x[1] : nil, addend: adds ? x[2] : nil,
                last: last)
            let plain = TensorEpilogue(bias: bias)
            return (
                x[0].convolved(weight, padding: Padding(1), epilogue: epilogue),
                stepwise(
                    x[0].convolved(weight, padding: Padding(1), epilogue: plain), activation,
                    scales ? x[1] : nil, adds ? x[2] : nil, last)
            )
        }
    }

    /// Compares two ways to the same result, and their gradients by any of the inputs alone and all of them.
    private func compare(_ inputs: [NDArray], _ ways: ([Tensor]) -> (Tensor, Tensor)) throws {
        for recorded in [[], [0], [1], [2], [0, 1, 2]] {
            let x = inputs.indices.map {
                recorded.contains($0) ? Tensor.variable(inputs[$0]) : Tensor(inputs[$0])
            }
            let (at, after) = ways(x)
            expectClose(at.value, after.value, relative: 1e-6, "of \(recorded)")
            let seed = normal(at.shape, "seed")
            let found = gradients(of: at, seed: seed, withRespectTo: x)
            let expected = gradients(of: after, seed: seed, withRespectTo: x)
            for i in inputs.indices {
                expectClose(found[i], expected[i], relative: 1e-6, "by \(i) of \(recorded)")
            }
        }
    }
}
