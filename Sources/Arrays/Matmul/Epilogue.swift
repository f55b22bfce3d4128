// The epilogue of a matmul, applied to sums while they are in cache.

/// `last(activation(sum + bias) * factor + addend)`; nil operands are skipped.
package struct Epilogue: Sendable {
    /// `[columns]`, or `[groups, columns]` for `biasRows` rows each.
    package var bias: NDArray?
    /// Rows of the result per bias vector; 0 if all share one.
    package var biasRows = 0
    package var activation: UnaryFunction?
    /// Of the result's shape.
    package var factor: NDArray?
    /// Of the result's shape.
    package var addend: NDArray?
    package var last: UnaryFunction?

    package init(
        bias: NDArray? = nil, biasRows: Int = 0, activation: UnaryFunction? = nil, factor: NDArray? = nil,
        addend: NDArray? = nil, last: UnaryFunction? = nil
    ) {
        (self.bias, self.biasRows, self.activation) = (bias, biasRows, activation)
        (self.factor, self.addend, self.last) = (factor, addend, last)
    }

    /// The result for a row of zeros.
    func ofZeros(columns: Int) -> NDArray {
        [activation, last].compactMap { $0 }.reduce(bias ?? .zeros([columns])) { $0.mapped($1) }
    }

    /// The same for kernels, from the result's first row and column.
    struct Addresses: @unchecked Sendable {  // Read only, while the arrays are alive.
        var bias: Pointer?
        var biasRows = 0, biasStride = 0
        var activation: UnaryFunction?, last: UnaryFunction?
        var factor: Pointer?, addend: Pointer?
        var factorStride = 0, addendStride = 0
    }

    /// Calls `body` with addresses that are valid during the call, for a result of `rows` × `columns`.
    func withAddresses<R>(rows: Int, columns: Int, _ body: (Addresses) -> R) -> R {
        precondition(
            bias.map { $0.count == (biasRows > 0 ? rows / biasRows : 1) * columns } ?? true,
            "matmul: bias \(bias?.shape ?? []) for \(rows) rows of \(columns)")
        precondition(
            [factor, addend].allSatisfy { $0.map { $0.count == rows * columns } ?? true },
            "matmul: factor \(factor?.shape ?? []), addend \(addend?.shape ?? []) for \(rows) rows of \(columns)"
        )
        defer { withExtendedLifetime((bias, factor, addend)) {} }
        return body(
            Addresses(
                bias: bias?.pointer, biasRows: biasRows, biasStride: columns, activation: activation,
                last: last,
                factor: factor?.pointer, addend: addend?.pointer, factorStride: columns,
                addendStride: columns))
    }
}
