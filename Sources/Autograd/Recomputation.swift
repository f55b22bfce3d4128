// Gradients at the price of computing twice instead of keeping what lies between.

extension Tensor {
    /// `body(self)` without its intermediate results, which the pullback computes again.
    ///
    /// Chen and others, "Training Deep Nets with Sublinear Memory Cost", 2016. Gradients reach `self` alone: tensors
    /// that `body` captures count as constants.
    /// - Parameter body: a function of its argument only, the same each time.
    public func recomputed(_ body: @escaping @Sendable (Tensor) -> Tensor) -> Tensor {
        guard needsGradient else { return body(self) }
        let x = value
        return Tensor.recorded(body(Tensor(x)).value, self) { gradient in
            let variable = Tensor.variable(x)
            return gradients(of: body(variable), seed: gradient, withRespectTo: [variable])[0]
        }
    }
}
