// Matmul and convolution by the weights of layers.

extension NDArray {
    /// `epilogue(norm(self) weightᵀ)` over the last dimension: `[…, in]` → `[…, out]`.
    /// - Parameter norm: applied to the rows first, if any.
    package func matmul(
        _ weight: Weight, after norm: LayerNormalization? = nil, epilogue: Epilogue = Epilogue()
    ) -> NDArray {
        precondition(
            rank >= 1 && weight.taps == 1 && shape[rank - 1] == weight.inputs,
            "matmul: \(shape) by \(weight.shape)")
        return matmul(weight.packed(.forward), after: norm, epilogue: epilogue)
    }

    /// `epilogue` of the adjoint of `matmul(_:)`: `[…, out]` → `[…, in]`.
    package func matmulAdjoint(_ weight: Weight, epilogue: Epilogue = Epilogue()) -> NDArray {
        precondition(
            rank >= 1 && weight.taps == 1 && shape[rank - 1] == weight.outputs,
            "adjoint of matmul: \(shape) by \(weight.shape)")
        return matmul(weight.packed(.adjoint), epilogue: epilogue)
    }

    fileprivate func matmul(
        _ matrix: PackedMatrix, after norm: LayerNormalization? = nil, epilogue: Epilogue
    ) -> NDArray {
        NDArray(shape: shape.dropLast() + [matrix.columns]) { out in
            guard let base = out.baseAddress else { return }
            PackedMatmul(weight: matrix, rows: 0..<count / max(1, matrix.k))
                .run(into: .rows(base), epilogue: epilogue, gather: rowGather(matrix, after: norm))
            withExtendedLifetime(self) {}
        }
    }
}

extension ConvolutionGeometry {
    /// Sizes of a convolution by a weight `[out, in, kernelHeight, kernelWidth]`.
    package init(input: [Int], weight: Weight, stride: Int, padding: Padding, border: Border = .zeros) {
        let s = weight.shape
        self.init(
            input: input, weight: [s.count > 2 ? s[2] : 1, s.count > 3 ? s[3] : 1, s[1], s[0]],
            stride: stride, padding: padding, border: border)
    }

    /// `epilogue` of the convolution of `[batch, height, width, in]`.
    /// - Parameters:
    ///   - normalization: applied to the image first, if any.
    ///   - isDoubled: whether the image is upsampled by 2 (nearest) on the fly.
    package func forward(
        _ x: NDArray, _ weight: Weight, epilogue: Epilogue = Epilogue(),
        normalization: GroupNormalization? = nil,
        isDoubled: Bool = false
    ) -> NDArray {
        precondition(
            x.shape == (isDoubled ? [batch, height / 2, width / 2, inputs] : [batch, height, width, inputs])
                && weight.outputs == outputs, "conv2d: \(x.shape) by \(weight.shape)")
        return convolved(
            x, weight, .forward, epilogue: epilogue, normalization: normalization, isDoubled: isDoubled)
    }

    /// `epilogue` of the gradient with respect to the input, which is a transposed convolution.
    /// - Parameter epilogue: without operands of the result's shape; empty for reflection padding.
    package func inputGradient(
        _ gradient: NDArray, _ weight: Weight, epilogue: Epilogue = Epilogue()
    ) -> NDArray {
        precondition(
            gradient.shape == outputShape, "conv2d gradient: \(gradient.shape), expected \(outputShape)")
        if isPointwise {
            return gradient.matmulAdjoint(weight, epilogue: epilogue).reshaped([batch, height, width, inputs])
        }
        if border == .reflection, padding != .zero {
            precondition(
                epilogue.bias == nil && epilogue.activation == nil && epilogue.last == nil,
                "conv2d gradient: nothing is done to sums that are folded yet")
            return unpadded.inputGradient(gradient, weight).foldedReflection(padding)
        }
        if stride > 1 { return stridedInputGradient(gradient, weight, epilogue: epilogue) }
        let adjoint = ConvolutionGeometry(
            input: outputShape, weight: [kernelHeight, kernelWidth, outputs, inputs], stride: 1,
            padding: Padding(
                top: kernelHeight - 1 - padding.top, left: kernelWidth - 1 - padding.left,
                bottom: kernelHeight - 1 - padding.bottom, right: kernelWidth - 1 - padding.right))
        return adjoint.convolved(gradient, weight, .adjoint, epilogue: epilogue)
    }

    private func convolved(
        _ x: NDArray, _ weight: Weight, _ direction: Weight.Direction, epilogue: Epilogue,
        normalization: GroupNormalization? = nil, isDoubled: Bool = false
    ) -> NDArray {
        if suitsWinograd {
            let matrix = weight.packed(direction)
            let tiles = WinogradTiles(
                images: batch, height: height, width: width, border: border, isDoubled: isDoubled)
            return NDArray.build(outputShape, keeping: x) { out in
                WinogradConvolution(tiles: tiles, weight: matrix).run(
                    x.pointer, out, normalization: normalization, epilogue: epilogue)
            }
        }
        let normalized = normalization?.apply(x) ?? x
        let x = isDoubled ? normalized.upsampledNearest(2) : normalized
        if suitsNarrow {
            let narrow = NarrowConvolution(geometry: self, weight: weight.packedNarrow(direction))
            return NDArray.build(outputShape, keeping: x) { narrow.run(x.pointer, $0, epilogue: epilogue) }
        }
        let matrix = weight.packed(direction)
        if isPointwise { return x.matmul(matrix, epilogue: epilogue).reshaped(outputShape) }
        return NDArray.build(outputShape, keeping: x) { out in
            let (window, outHeight) = (window, outHeight)
            nonisolated(unsafe) let images = x.pointer
            let gather = RowGather { rows, positions, block in
                MatmulKernels.current.gather(
                    matrix.precision, images, window, outHeight: outHeight, rows, positions, block)
            }
            PackedMatmul(weight: matrix, rows: 0..<batch * outHeight * outWidth)
                .run(into: .rows(out), epilogue: epilogue, gather: gather)
        }
    }

    /// Whether the Winograd transforms take less time than the multiplications that they save.
    private var suitsWinograd: Bool {
        kernelHeight == 3 && kernelWidth == 3 && stride == 1 && padding == Padding(1) && inputs >= 32
            && !suitsNarrow
    }
}
