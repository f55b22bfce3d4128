// The graph itself: what is recorded, how gradients add up, and that long chains come apart safely.
import Arrays
import Autograd
import TestSupport
import Testing

@Suite struct GraphTests {
    @Test func constantsRecordNothing() {
        let x = Tensor(NDArray([1, 2], shape: [2]))
        #expect(!(x * x + 1).exp().needsGradient)
        #expect((x * Tensor.variable(x.value)).needsGradient)
    }

    @Test func gradientsOfReusedValuesAddUp() {
        let x = Tensor.variable(NDArray(3))
        let y = x * x
        let z = y * x + y
        // d(x³ + x²)/dx = 3x² + 2x
        #expect(gradients(of: z, withRespectTo: [x])[0].scalar == 33)
        let found = gradients(of: z, withRespectTo: [y, x])
        #expect(found[0].scalar == 4)
        #expect(found[1].scalar == 33)
    }

    @Test func unrelatedTargetsGetZeros() {
        let x = Tensor.variable(NDArray.full(2, [2, 2])), y = Tensor.variable(NDArray.full(2, [3]))
        let found = gradients(of: x.sum(), withRespectTo: [y, x, Tensor(NDArray(1))])
        expectIdentical(found[0], .zeros([3]))
        expectIdentical(found[1], .full(1, [2, 2]))
        expectIdentical(found[2], .zeros([]))
    }

    @Test func seedDoesNotChange() {
        let x = Tensor.variable(NDArray.full(1, [4]))
        let seed = NDArray.full(2, [4])
        let y = x + x + x
        expectIdentical(gradients(of: y, seed: seed, withRespectTo: [x])[0], .full(6, [4]))
        expectIdentical(seed, .full(2, [4]))
    }

    @Test func longChainsDoNotOverflowTheStack() {
        var x = Tensor.variable(NDArray(0))
        let start = x
        for _ in 0..<200_000 { x = x + 1 }
        #expect(x.value.scalar == 200_000)
        #expect(gradients(of: x, withRespectTo: [start])[0].scalar == 1)
    }
}
