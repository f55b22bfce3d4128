// Elementwise functions of one variable.
package import Arrays

extension Tensor {
    /// `f` of every element.
    package func mapped(_ f: UnaryFunction) -> Tensor {
        let x = value, y = x.mapped(f)
        return Tensor.recorded(y, self) { x.mappedGradient(f, value: y, gradient: $0) }
    }

    /// `mapped`, except that for ReLU only the result is kept.
    package func activated(_ f: UnaryFunction) -> Tensor { f == .relu ? relu() : mapped(f) }

    public func exp() -> Tensor { mapped(.exp) }
    public func sqrt() -> Tensor { mapped(.sqrt) }
    public func square() -> Tensor { mapped(.square) }
    public func abs() -> Tensor { mapped(.absolute) }
    public func reciprocal() -> Tensor { mapped(.reciprocal) }
    public func tanh() -> Tensor { mapped(.tanh) }
    public func sigmoid() -> Tensor { mapped(.sigmoid) }
    /// `max(x, 0)`; the result determines the derivative, so the input is not kept.
    public func relu() -> Tensor {
        let y = value.mapped(.relu)
        return Tensor.recorded(y, self) { y.mappedGradient(.relu, value: y, gradient: $0) }
    }
    /// `x * Φ(x)` with the exact normal distribution.
    public func gelu() -> Tensor { mapped(.gelu) }

    /// Every element limited to `range`; the gradient is 0 outside it.
    public func clamped(_ range: ClosedRange<Float>) -> Tensor {
        let x = value
        return Tensor.recorded(x.clamped(range), self) { x.clampedGradient(range, gradient: $0) }
    }
}
