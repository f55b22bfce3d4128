// Fully connected layers.
public import Arrays
public import Autograd
public import Checkpoints

/// `y = x Wᵀ + b` over the last dimension.
public struct Linear: Sendable {
    /// Weights of shape `[out, in]`.
    public let weight: Weight
    /// Values of shape `[out]`.
    public let bias: NDArray?

    public init(weight: Weight, bias: NDArray?) {
        precondition(
            weight.shape.count == 2 && (bias.map { $0.shape == [weight.shape[0]] } ?? true),
            "Linear: weight \(weight.shape) [out, in], bias \(bias?.shape ?? [])")
        self.weight = weight
        self.bias = bias
    }

    /// Reads `weight` `[out, in]` and, if `bias`, `bias` `[out]`.
    public init(from weights: WeightScope, in inputs: Int, out outputs: Int, bias: Bool = true) throws {
        self.init(
            weight: try weights.weight("weight", [outputs, inputs]),
            bias: bias ? try weights.tensor("bias", [outputs]) : nil)
    }

    /// Layers of one input with their outputs concatenated: one matmul, which gathers the input once.
    /// - Parameter scopes: each holds `weight` `[out, in]` and, if `bias`, `bias` `[out]`.
    public init(joining scopes: [WeightScope], in inputs: Int, out outputs: Int, bias: Bool = true) throws {
        let biases = bias ? try scopes.map { try $0.tensor("bias", [outputs]) } : []
        self.init(
            weight: Weight(joining: try scopes.map { try $0.weight("weight", [outputs, inputs]) }),
            bias: bias ? .concatenated(biases, axis: 0) : nil)
    }

    /// `last(activation(norm(x) Wᵀ + b) * factor + addend)`; nil operands are skipped.
    /// - Parameters:
    ///   - x: `[…, in]`.
    ///   - norm: applied to each row while it is gathered.
    ///   - factor: of the result's shape, as is `addend`.
    /// - Returns: `[…, out]`.
    public func callAsFunction(
        _ x: Tensor, after norm: LayerNorm? = nil, then activation: Activation? = nil,
        times factor: Tensor? = nil, plus addend: Tensor? = nil, finally last: Activation? = nil
    ) -> Tensor {
        x.matmul(
            weight, after: norm?.step,
            epilogue: TensorEpilogue(
                bias: bias, activation: activation?.function, factor: factor, addend: addend,
                last: last?.function))
    }

    /// `norm(x) Wᵀ + b` of `[rows, in]` with every row at its destination: `[places, out]`; destinations without a
    /// row get `b`.
    package func callAsFunction(_ x: Tensor, after norm: LayerNorm? = nil, into places: RowPlaces) -> Tensor {
        x.matmul(weight, into: places, after: norm?.step, bias: bias)
    }

    /// `x Wᵀ + b + addend` of those rows of `[places, in]` that have a source, in source order: `[rows, out]`.
    /// - Parameter addend: of the result's shape.
    package func callAsFunction(_ x: Tensor, outOf places: RowPlaces, plus addend: Tensor? = nil) -> Tensor {
        x.matmul(weight, outOf: places, epilogue: TensorEpilogue(bias: bias, addend: addend))
    }
}
