// Matmul and convolution by the constant weights of layers.
package import Arrays

/// The epilogue of a matmul or convolution: `last(activation(sum + bias) * factor + addend)`; nil operands are
/// skipped.
///
/// All steps run in one pass if nothing is recorded. Otherwise those whose derivative the result determines run in
/// one pass, the rest one by one.
package struct TensorEpilogue: Sendable {
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

    fileprivate var operands: [Tensor] { [factor, addend].compactMap { $0 } }

    /// `rows`: rows of the result per image.
    fileprivate func fused(rows: Int) -> Epilogue {
        Epilogue(
            bias: bias, biasRows: bias.map { $0.rank > 1 } ?? false ? rows : 0, activation: activation,
            factor: factor?.value, addend: addend?.value, last: last)
    }

    /// The steps that are fused with the matmul of `x`, and those after them.
    ///
    /// All if nothing is recorded, else those whose derivative the result determines.
    fileprivate func split(for x: Tensor) -> (first: TensorEpilogue, rest: TensorEpilogue) {
        if !x.needsGradient && !operands.contains(where: \.needsGradient) { return (self, TensorEpilogue()) }
        var first = TensorEpilogue(bias: bias), rest = self
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

    /// The recorded matmul with the fused steps.
    /// - Parameters:
    ///   - y: the result of the fused steps of `split`, which `self` holds.
    ///   - adjoint: that of the matmul alone.
    fileprivate func recorded(
        _ y: NDArray, _ x: Tensor, adjoint: @escaping @Sendable (NDArray) -> NDArray
    ) -> Tensor {
        let isRectified = activation == .relu || last == .relu
        return Tensor.recorded(y, [x] + operands) { gradient, needed in
            let passed = isRectified ? y.mappedGradient(.relu, value: y, gradient: gradient) : gradient
            return [needed[0] ? adjoint(passed) : nil] + needed.dropFirst().map { $0 ? passed : nil }
        }
    }

    /// The steps one by one.
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
    /// `epilogue(norm(self) weightᵀ)` for `self` of `[…, in]` and a weight `[out, in]`.
    /// - Parameter norm: applied to the rows first, if any.
    package func matmul(
        _ weight: Weight, after norm: LayerNormalization? = nil, epilogue: TensorEpilogue = TensorEpilogue()
    ) -> Tensor {
        if needsGradient, let norm { return normalized(norm).matmul(weight, epilogue: epilogue) }
        let rows = shape.dropFirst().dropLast().reduce(1, *)
        let (first, rest) = epilogue.split(for: self)
        let y = value.matmul(weight, after: norm, epilogue: first.fused(rows: rows))
        return rest.applied(to: first.recorded(y, self) { $0.matmulAdjoint(weight) })
    }

    /// `epilogue(hidden(norm(self) firstᵀ) secondᵀ)` for `self` of `[…, in]`; in blocks of rows if nothing is
    /// recorded.
    /// - Parameters:
    ///   - norm: applied to the rows first, if any.
    ///   - hidden: a bias `[out]` of `first` and an activation.
    package func perceptron(
        _ first: Weight, _ second: Weight, after norm: LayerNormalization? = nil,
        hidden: TensorEpilogue = TensorEpilogue(), epilogue: TensorEpilogue = TensorEpilogue()
    ) -> Tensor {
        if needsGradient || epilogue.operands.contains(where: \.needsGradient) {
            return matmul(first, after: norm, epilogue: hidden).matmul(second, epilogue: epilogue)
        }
        return Tensor(
            value.perceptron(
                first, second, after: norm, hidden: hidden.fused(rows: 0), epilogue: epilogue.fused(rows: 0)))
    }

    /// The norm alone, recorded.
    private func normalized(_ norm: LayerNormalization) -> Tensor {
        layerNorm(
            scale: norm.scale.map { Tensor($0) }, bias: norm.bias.map { Tensor($0) }, epsilon: norm.epsilon)
    }

    /// `self weightᵀ + bias` of `[rows, in]` with every row at its destination: `[places, out]`.
    ///
    /// Destinations without a row get the result for a row of zeros.
    /// - Parameter norm: applied to the rows first, if any.
    package func matmul(
        _ weight: Weight, into places: RowPlaces, after norm: LayerNormalization? = nil, bias: NDArray?
    ) -> Tensor {
        if needsGradient, let norm { return normalized(norm).matmul(weight, into: places, bias: bias) }
        let y = value.matmul(weight, into: places, after: norm, epilogue: Epilogue(bias: bias))
        return Tensor.recorded(y, self) { $0.placed(rows: places.places).matmulAdjoint(weight) }
    }

    /// `epilogue(self weightᵀ)` of those rows of `[places, in]` that have a source, in source order: `[rows, out]`.
    package func matmul(
        _ weight: Weight, outOf places: RowPlaces, epilogue: TensorEpilogue = TensorEpilogue()
    ) -> Tensor {
        let (first, rest) = epilogue.split(for: self)
        let y = value.matmul(weight, outOf: places, epilogue: first.fused(rows: 0))
        return rest.applied(
            to: first.recorded(y, self) { $0.matmulAdjoint(weight).placed(rows: places.rows) })
    }

    /// `epilogue` of the convolution of `[batch, height, width, in]` by a weight `[out, in, kernelHeight, kernelWidth]`.
    /// - Parameters:
    ///   - norm: a group norm before the convolution, whose scale and bias are constants.
    ///   - isDoubled: whether the image is upsampled by 2 (nearest) on the fly.
    package func convolved(
        _ weight: Weight, stride: Int = 1, padding: Padding = .zero, border: Border = .zeros,
        after norm: GroupNormParameters? = nil, isDoubled: Bool = false,
        epilogue: TensorEpilogue = TensorEpilogue()
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
        let (first, rest) = epilogue.split(for: self)
        let y = g.forward(
            x, weight, epilogue: first.fused(rows: rows), normalization: normalization, isDoubled: isDoubled)
        let kept = norm == nil ? nil : x
        let result = first.recorded(y, self) { gradient in
            var slope = g.inputGradient(gradient, weight)
            if isDoubled { slope = slope.blockSums(2) }
            guard let kept, let normalization else { return slope }
            return normalization.gradient(slope, x: kept, scale: norm?.scale).input
        }
        return rest.applied(to: result)
    }
    /// A transposed convolution, the adjoint of a convolution.
    /// - Parameters:
    ///   - weight: `[in, out, kernelHeight, kernelWidth]`, as PyTorch keeps it.
    ///   - bias: `[out]` or nil.
    ///   - padding: pixels cropped from the result on every side.
    ///   - outputPadding: additional rows at the bottom and columns at the right of the result, less than `stride`.
    /// - Returns: `[batch, (height - 1) * stride - 2 * padding + kernelHeight + outputPadding, …, out]`, as PyTorch's
    ///   `conv_transpose2d`.
    package func convolvedTransposed(
        _ weight: Weight, stride: Int, padding: Int = 0, outputPadding: Int = 0, bias: NDArray? = nil,
        activation: UnaryFunction? = nil
    ) -> Tensor {
        precondition(
            rank == 4 && weight.shape.count == 4 && weight.shape[0] == shape[3]
                && outputPadding < max(1, stride),
            "transposed convolution: \(shape) by \(weight.shape), stride \(stride), output padding \(outputPadding)"
        )
        func extent(_ axis: Int) -> Int {
            (shape[axis] - 1) * stride - 2 * padding + weight.shape[axis + 1] + outputPadding
        }
        let (high, wide) = (extent(1), extent(2))
        precondition(
            high > 0 && wide > 0,
            "transposed convolution: \(shape) by \(weight.shape) with padding \(padding) is empty")
        let end = max(0, padding - outputPadding)
        let g = ConvolutionGeometry(
            input: [shape[0], high, wide, weight.shape[1]], weight: weight, stride: stride,
            padding: Padding(top: padding, left: padding, bottom: end, right: end))
        let (first, rest) = TensorEpilogue(bias: bias, activation: activation).split(for: self)
        let y = g.inputGradient(value, weight, epilogue: first.fused(rows: high * wide))
        return rest.applied(to: first.recorded(y, self) { g.forward($0, weight) })
    }
}

/// The constant parameters of a group norm fused with another operation.
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
