// Products with the constant weights of layers.
package import Arrays

/// What is done to a product: `last(activation(product + bias) * factor + addend)`, where what is nil drops out.
///
/// In one pass where nothing is recorded; else in one as far as the result tells the slopes, then step by step.
package struct ProductFinish: Sendable {
    /// `[out]`, or `[batch, out]` for one bias per image.
    package var bias: NDArray?
    package var activation: UnaryFunction?
    /// Of the result's shape.
    package var factor: Tensor?
    /// Of the result's shape.
    package var addend: Tensor?
    package var last: UnaryFunction?

    package init(
        bias: NDArray? = nil, activation: UnaryFunction? = nil, factor: Tensor? = nil, addend: Tensor? = nil,
        last: UnaryFunction? = nil
    ) {
        (self.bias, self.activation, self.factor) = (bias, activation, factor)
        (self.addend, self.last) = (addend, last)
    }

    private var operands: [Tensor] { [factor, addend].compactMap { $0 } }

    /// Whether a pass over `x` can be done at once.
    fileprivate func isConstant(for x: Tensor) -> Bool {
        !x.needsGradient && !operands.contains(where: \.needsGradient)
    }

    /// `rows`: rows of the result per image.
    fileprivate func fused(rows: Int) -> Finish {
        Finish(
            bias: bias, biasRows: bias.map { $0.rank > 1 } ?? false ? rows : 0, activation: activation,
            factor: factor?.value, addend: addend?.value, last: last)
    }

    /// The first steps, as far as their result tells what their slopes are, and the steps after them.
    fileprivate var split: (first: ProductFinish, rest: ProductFinish) {
        var first = ProductFinish(bias: bias), rest = self
        rest.bias = nil
        if activation == .relu {
            first.activation = .relu
            rest.activation = nil
        } else if activation == nil, factor == nil {
            first.addend = addend
            rest.addend = nil
            if last == .relu {
                first.last = .relu
                rest.last = nil
            }
        }
        return (first, rest)
    }

    /// The product with the first steps done, recorded.
    /// - Parameters:
    ///   - y: the result of the first steps of `split`, which `self` are.
    ///   - adjoint: of the product alone.
    fileprivate func recorded(
        _ y: NDArray, _ x: Tensor, adjoint: @escaping @Sendable (NDArray) -> NDArray
    ) -> Tensor {
        let isRectified = activation == .relu || last == .relu
        return Tensor.recorded(y, [x] + operands) { gradient, needed in
            let passed = isRectified ? y.mappedGradient(.relu, value: y, gradient: gradient) : gradient
            return [needed[0] ? adjoint(passed) : nil] + needed.dropFirst().map { $0 ? passed : nil }
        }
    }

    /// The steps alone.
    fileprivate func applied(to y: Tensor) -> Tensor {
        var y = y
        if let activation { y = y.activated(activation) }
        if let factor { y = y * factor }
        if let addend { y = y + addend }
        if let last { y = y.activated(last) }
        return y
    }
}

extension Tensor {
    /// `finish(self weightᵀ)` for `self` of `[…, in]` and a weight `[out, in]`.
    package func product(_ weight: Weight, finish: ProductFinish = ProductFinish()) -> Tensor {
        let rows = shape.dropFirst().dropLast().reduce(1, *)
        if finish.isConstant(for: self) {
            return Tensor(value.product(weight, finish: finish.fused(rows: rows)))
        }
        let (first, rest) = finish.split
        let y = value.product(weight, finish: first.fused(rows: rows))
        return rest.applied(to: first.recorded(y, self) { $0.adjointProduct(weight) })
    }

    /// `finish` of the convolution of `[batch, height, width, in]` by a weight `[out, in, kernelHeight, kernelWidth]`.
    /// - Parameters:
    ///   - norm: a group norm before the convolution, whose scale and bias are constants.
    ///   - isDoubled: whether every pixel counts as four, twice as high and wide.
    package func convolved(
        _ weight: Weight, stride: Int = 1, padding: Padding = .zero, border: Border = .zeros,
        after norm: GroupNormParameters? = nil, isDoubled: Bool = false,
        finish: ProductFinish = ProductFinish()
    ) -> Tensor {
        let size = isDoubled ? [shape[0], 2 * shape[1], 2 * shape[2], shape[3]] : shape
        let g = ConvolutionGeometry(
            input: size, weight: weight, stride: stride, padding: padding, border: border)
        let rows = g.outputShape[1] * g.outputShape[2]
        let x = value
        let normalization = norm.map {
            GroupNormalization(
                x, groups: $0.groups, scale: $0.scale, bias: $0.bias, epsilon: $0.epsilon, silu: $0.thenSiLU)
        }
        if finish.isConstant(for: self) {
            return Tensor(
                g.forward(
                    x, weight, finish: finish.fused(rows: rows), normalization: normalization,
                    isDoubled: isDoubled))
        }
        let (first, rest) = finish.split
        let y = g.forward(
            x, weight, finish: first.fused(rows: rows), normalization: normalization, isDoubled: isDoubled)
        let kept = norm == nil ? nil : x
        let product = first.recorded(y, self) { gradient in
            var slope = g.inputGradient(gradient, weight)
            if isDoubled { slope = slope.blockSums(2) }
            guard let kept, let normalization else { return slope }
            return normalization.gradient(slope, x: kept, scale: norm?.scale).input
        }
        return rest.applied(to: product)
    }
}

/// A group norm of constant parameters, as a step of another operation.
package struct GroupNormParameters: Sendable {
    package let groups: Int
    package let scale: NDArray, bias: NDArray
    package let epsilon: Float
    package let thenSiLU: Bool

    package init(groups: Int, scale: NDArray, bias: NDArray, epsilon: Float, thenSiLU: Bool) {
        (self.groups, self.scale, self.bias) = (groups, scale, bias)
        (self.epsilon, self.thenSiLU) = (epsilon, thenSiLU)
    }
}
