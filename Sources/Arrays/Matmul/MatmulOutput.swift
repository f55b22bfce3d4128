// Destination of a matmul.

/// Where complete sums are written.
enum MatmulOutput: @unchecked Sendable {  // Tasks write disjoint rows and columns.
    /// Rows with as many columns as the matrix.
    case rows(MutablePointer)
    /// The same, with permuted rows.
    ///
    /// Rows are copied while in cache, after their sums are complete; the epilogue must not have operands of the
    /// result's shape.
    case places(MutablePointer, @Sendable (Int) -> Int)
    /// The left operand of a following matmul.
    case gathered(GatheredRows)

    /// Where to compute the sums from a row and column of `[rows, columns]` on; nil if they are computed elsewhere
    /// and passed to `take`.
    func address(row: Int, column: Int, columns: Int) -> MutablePointer? {
        if case .rows(let out) = self { out + row * columns + column } else { nil }
    }

    /// Stores complete sums that were computed elsewhere.
    /// - Parameter count: columns of the matrix.
    func take(_ sums: Pointer, stride: Int, _ rows: Range<Int>, _ columns: Range<Int>, of count: Int) {
        switch self {
        case .rows: break
        case .places(let out, let place):
            for (k, row) in rows.enumerated() {
                (out + place(row) * count + columns.lowerBound)
                    .update(from: sums + k * stride, count: columns.count)
            }
        case .gathered(let next): next.write(rows, columns, from: sums, stride: stride)
        }
    }
}
