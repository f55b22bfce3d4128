// Two matmuls in sequence over blocks of rows.

/// A perceptron with one hidden layer; the hidden values are written as gathered rows of the second matmul.
///
/// The hidden values are several times as large as input and result; processed in blocks, they stay in cache.
struct PackedPerceptron: Sendable {
    let first: PackedMatrix
    let second: PackedMatrix
    let rows: Int

    /// - Parameters:
    ///   - hidden: the first epilogue; without operands of the result's shape.
    ///   - epilogue: the second epilogue.
    ///   - gather: rows for `first`.
    func run(_ out: MutablePointer, hidden: Epilogue, epilogue: Epilogue, gather: RowGather) {
        precondition(
            first.columns == second.k, "perceptron: \(first.columns) hidden for \(second.k)")
        nonisolated(unsafe) let out = out
        hidden.withAddresses(rows: rows, columns: first.columns) { hidden in
            epilogue.withAddresses(rows: rows, columns: second.columns) { epilogue in
                let blocks = PackedMatmul.evenBlocks(of: rows, most: Self.rowBlock)
                guard blocks >= Self.manyBlocks else {
                    return run(0..<rows, out, hidden, epilogue, gather)
                }
                parallelFor(blocks, chunk: 1) { range in
                    for b in range {
                        run(b * rows / blocks..<(b + 1) * rows / blocks, out, hidden, epilogue, gather)
                    }
                }
            }
        }
    }

    private func run(
        _ rows: Range<Int>, _ out: MutablePointer, _ hidden: Epilogue.Addresses,
        _ epilogue: Epilogue.Addresses,
        _ gather: RowGather
    ) {
        let between = GatheredRows(rows, for: second)
        PackedMatmul(weight: first, rows: rows).run(
            into: .gathered(between), epilogue: hidden, from: .gather(gather))
        PackedMatmul(weight: second, rows: rows).run(
            into: .rows(out), epilogue: epilogue, from: .gathered(between))
    }

    /// Rows per block; their hidden values about fit L2.
    private static let rowBlock = 128
    /// With fewer blocks than this, threads divide each matmul instead.
    private static let manyBlocks = 12
}

extension NDArray {
    /// `epilogue(hidden(norm(self) firstᵀ) secondᵀ)` over the last dimension: `[…, in]` → `[…, out]`.
    /// - Parameters:
    ///   - norm: applied to the rows first, if any.
    ///   - hidden: without operands of the first matmul's shape.
    package func perceptron(
        _ first: Weight, _ second: Weight, after norm: LayerNormalization? = nil,
        hidden: Epilogue = Epilogue(),
        epilogue: Epilogue = Epilogue()
    ) -> NDArray {
        precondition(
            rank >= 1 && first.taps == 1 && second.taps == 1 && shape[rank - 1] == first.inputs,
            "perceptron: \(shape) by \(first.shape) and \(second.shape)")
        let matrices = (first.packed(.forward), second.packed(.forward))
        return NDArray.build(shape.dropLast() + [second.outputs], keeping: self) { out in
            PackedPerceptron(
                first: matrices.0, second: matrices.1, rows: count / max(1, matrices.0.k)
            )
            .run(out, hidden: hidden, epilogue: epilogue, gather: rowGather(matrices.0, after: norm))
        }
    }
}
