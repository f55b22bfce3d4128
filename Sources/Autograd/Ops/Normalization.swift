// Softmax, layer norm, group norm.
internal import Arrays

extension Tensor {
    /// Softmax along `axis`.
    public func softmax(axis: Int = -1) -> Tensor {
        let k = axis < 0 ? axis + rank : axis
        guard k == rank - 1 else {
            var order = Array(0..<rank)
            order.swapAt(k, rank - 1)
            return transposed(order).softmax().transposed(order)
        }
        let y = value.softmax()
        return Tensor.recorded(y, self) { y.softmaxGradient($0) }
    }

    /// `(x - mean) / sqrt(variance + epsilon) * scale + bias` over the last dimension.
    public func layerNorm(scale: Tensor? = nil, bias: Tensor? = nil, epsilon: Float) -> Tensor {
        let x = value, gamma = scale?.value
        let y = x.layerNorm(scale: gamma, bias: bias?.value, epsilon: epsilon)
        let (hasScale, hasBias) = (scale != nil, bias != nil)
        return Tensor.recorded(y, [self] + [scale, bias].compactMap { $0 }) { g, needed in
            let parts = x.layerNormGradient(
                g, scale: gamma, epsilon: epsilon, needsInput: needed[0],
                needsParameters: needed.dropFirst().contains(true))
            return [parts.input] + (hasScale ? [parts.scale] : []) + (hasBias ? [parts.bias] : [])
        }
    }

    /// Group norm of `[batch, …, channels]`, optionally through SiLU in the same pass.
    public func groupNorm(
        groups: Int, scale: Tensor? = nil, bias: Tensor? = nil, epsilon: Float, thenSiLU: Bool = false
    ) -> Tensor {
        let x = value, gamma = scale?.value
        let norm = GroupNormalization(
            x, groups: groups, scale: gamma, bias: bias?.value, epsilon: epsilon, silu: thenSiLU)
        let (hasScale, hasBias) = (scale != nil, bias != nil)
        return Tensor.recorded(norm.apply(x), [self] + [scale, bias].compactMap { $0 }) { g, _ in
            let parts = norm.gradient(g, x: x, scale: gamma)
            return [parts.input] + (hasScale ? [parts.scale] : []) + (hasBias ? [parts.bias] : [])
        }
    }
}
