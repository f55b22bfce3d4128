// Gradient checkpointing.

extension Tensor {
    /// `body(self)` without storing intermediate results, which the pullback computes again.
    ///
    /// Chen and others, "Training Deep Nets with Sublinear Memory Cost", 2016. Gradients reach `self` only: tensors
    /// that `body` captures are constants.
    /// - Parameter body: a deterministic function of its argument only.
    public func recomputed(_ body: @escaping @Sendable (Tensor) -> Tensor) -> Tensor {
        guard needsGradient else { return body(self) }
        let x = value
        return Tensor.recorded(body(Tensor(x)).value, self) { gradient in
            let variable = Tensor.variable(x)
            return gradients(of: body(variable), seed: gradient, withRespectTo: [variable])[0]
        }
    }
}
