// Where the sums of a product go.

/// Where finished sums go.
enum MatmulOutput: @unchecked Sendable {  // Tasks write different places.
    /// Rows of as many columns as the matrix has.
    case rows(MutablePointer)
    /// The same, with every row at another place.
    ///
    /// Moved when complete, while in the cache; a epilogue then has no operand of the result's shape.
    case places(MutablePointer, @Sendable (Int) -> Int)
    /// The left operand of another product.
    case gathered(GatheredRows)

    /// Where sums of `[rows, columns]` are formed from a row and column on, unless they are formed elsewhere and taken.
    func address(row: Int, column: Int, columns: Int) -> MutablePointer? {
        if case .rows(let out) = self { out + row * columns + column } else { nil }
    }

    /// Takes finished sums that were formed elsewhere.
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
