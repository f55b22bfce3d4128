// Two products, one after the other, of a block of rows at a time.

/// A perceptron with one hidden layer, whose values go from the first product into rows of the second.
///
/// What lies between would be several times as large as input and result; a block of it stays in the cache.
struct PackedPerceptron: Sendable {
    let first: PackedMatrix
    let second: PackedMatrix
    let rows: Int

    /// - Parameters:
    ///   - hidden: done to the first sums; without operands of their shape.
    ///   - epilogue: done to the second.
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

    /// Rows of a block, whose hidden values fit the second-level cache or nearly.
    private static let rowBlock = 128
    /// With fewer blocks than this, threads share each product out instead.
    private static let manyBlocks = 12
}

extension NDArray {
    /// `epilogue(hidden(norm(self) firstᵀ) secondᵀ)` over the last dimension: `[…, in]` → `[…, out]`.
    /// - Parameters:
    ///   - norm: what is done to the rows before, if anything.
    ///   - hidden: without operands of the first product's shape.
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
