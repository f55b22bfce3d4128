// One step of Adam on flat vectors.

/// The parameters of one step (Kingma and Ba 2015, algorithm 1).
package struct AdamStep: Sendable {
    /// Learning rate including the bias correction of the first moment.
    let rate: Float
    let beta1: Float, beta2: Float, epsilon: Float
    /// Bias correction of the second moment.
    let correction2: Float

    /// - Parameter step: 1 for the first step.
    package init(_ step: Int, rate: Float, beta1: Float, beta2: Float, epsilon: Float) {
        precondition(step >= 1, "Adam: step \(step)")
        self.rate = rate / (1 - power(beta1, step))
        (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
        correction2 = 1 / (1 - power(beta2, step))
    }
}

extension NDArray {
    /// Updates `self` and the moments `m` and `v` in place.
    package mutating func take(
        _ step: AdamStep, gradient: NDArray, _ m: inout NDArray, _ v: inout NDArray
    ) {
        precondition(shape == gradient.shape, "Adam: \(shape), gradient \(gradient.shape)")
        nonisolated(unsafe) let g = gradient.pointer
        update(&m, &v) { p, m, v, r in
            let i = r.lowerBound
            Kernels.current.adam(p + i, m + i, v + i, g + i, r.count, step)
        }
        withExtendedLifetime(gradient) {}
    }

    /// The same, except that blocks of 16 with an all-zero gradient keep parameters and moments; `gradient` is zero
    /// afterwards.
    package mutating func takeSparse(
        _ step: AdamStep, gradient: inout NDArray, _ m: inout NDArray, _ v: inout NDArray
    ) {
        precondition(shape == gradient.shape, "Adam: \(shape), gradient \(gradient.shape)")
        gradient.withUnsafeMutableBuffer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let g = base
            update(&m, &v) { p, m, v, r in
                let i = r.lowerBound
                Kernels.current.adamSparse(p + i, m + i, v + i, g + i, r.count, step)
            }
        }
    }

    /// Calls `body` with the base addresses of parameters and moments, for chunks of a multiple of 16.
    private mutating func update(
        _ m: inout NDArray, _ v: inout NDArray,
        _ body: @Sendable (MutablePointer, MutablePointer, MutablePointer, Range<Int>) -> Void
    ) {
        precondition(shape == m.shape && shape == v.shape, "Adam: \(shape), moments \(m.shape), \(v.shape)")
        withUnsafeMutableBuffer { p in
            m.withUnsafeMutableBuffer { m in
                v.withUnsafeMutableBuffer { v in
                    guard let p0 = p.baseAddress, let m0 = m.baseAddress, let v0 = v.baseAddress else {
                        return
                    }
                    nonisolated(unsafe) let (pp, pm, pv) = (p0, m0, v0)
                    parallelFor(p.count, chunk: elementChunk) { body(pp, pm, pv, $0) }
                }
            }
        }
    }
}

/// `base` to an integer power, in double precision.
private func power(_ base: Float, _ exponent: Int) -> Float {
    var result = 1.0, square = Double(base), n = exponent
    while n > 0 {
        if n & 1 == 1 { result *= square }
        square *= square
        n >>= 1
    }
    return Float(result)
}
