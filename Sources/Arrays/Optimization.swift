// The arithmetic of optimisers on flat vectors.

extension NDArray {
    /// One Adam step in place on `self` with moments `m`, `v` (Kingma & Ba 2015; decay as in AdamW).
    /// - Parameter step: 1 for the first step.
    package mutating func adamStep(
        gradient: NDArray, m: inout NDArray, v: inout NDArray, step: Int, rate: Float, beta1: Float,
        beta2: Float,
        epsilon: Float, weightDecay: Float
    ) {
        precondition(
            shape == gradient.shape && shape == m.shape && shape == v.shape,
            "adamStep: \(shape), gradient \(gradient.shape), moments \(m.shape), \(v.shape)")
        precondition(step >= 1, "adamStep: step \(step)")
        let c1 = 1 / (1 - power(beta1, step)), c2 = 1 / (1 - power(beta2, step))
        withUnsafeMutableBuffer { w in
            m.withUnsafeMutableBuffer { m in
                v.withUnsafeMutableBuffer { v in
                    guard let w0 = w.baseAddress, let m0 = m.baseAddress, let v0 = v.baseAddress else {
                        return
                    }
                    nonisolated(unsafe) let (pw, pm, pv, pg) = (w0, m0, v0, gradient.pointer)
                    parallelFor(w.count, chunk: elementChunk / 2) { r in
                        let i = r.lowerBound
                        Kernels.current.adam(
                            pw + i, pg + i, pm + i, pv + i, r.count, rate: rate, beta1: beta1, beta2: beta2,
                            epsilon: epsilon, correction1: c1, correction2: c2, decay: weightDecay)
                    }
                }
            }
        }
        withExtendedLifetime(gradient) {}
    }
}

/// `base` to a whole power, in double precision.
private func power(_ base: Float, _ exponent: Int) -> Float {
    var result = 1.0, square = Double(base), n = exponent
    while n > 0 {
        if n & 1 == 1 { result *= square }
        square *= square
        n >>= 1
    }
    return Float(result)
}
