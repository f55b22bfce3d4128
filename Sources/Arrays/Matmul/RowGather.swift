// Gathering of a matmul's left operand.

/// A layer norm with constant parameters: `(x - mean) / sqrt(variance + epsilon) * scale + bias` over the last
/// dimension.
package struct LayerNormalization: Sendable {
    /// `[columns]`, as is `bias`.
    package let scale: NDArray?
    package let bias: NDArray?
    package let epsilon: Float

    package init(scale: NDArray?, bias: NDArray?, epsilon: Float) {
        (self.scale, self.bias, self.epsilon) = (scale, bias, epsilon)
    }
}

/// Writes k positions of some rows, part by part, into blocks of gathered rows.
struct RowGather: Sendable {
    /// Writes one range of k of some rows.
    typealias Part =
        @Sendable (_ rows: Range<Int>, _ k: Range<Int>, _ block: UnsafeMutableRawPointer) -> Void

    /// Whether each part depends on the whole row, so that all parts are written together.
    let isWhole: Bool
    private let write:
        @Sendable (
            _ rows: Range<Int>, _ parts: ArraySlice<Range<Int>>, _ blocks: UnsafeMutableRawPointer,
            _ blockBytes: Int
        ) -> Void

    /// Parts that do not depend on one another.
    init(_ part: @escaping Part) {
        isWhole = false
        write = { rows, parts, blocks, blockBytes in
            for (index, k) in parts.enumerated() { part(rows, k, blocks + index * blockBytes) }
        }
    }

    /// Normalised rows of `x`, `[…, columns]`.
    init(_ x: NDArray, after norm: LayerNormalization, precision: Precision) {
        let columns = x.shape[x.rank - 1]
        precondition(
            [norm.scale, norm.bias].allSatisfy { $0.map { $0.count == columns } ?? true },
            "matmul: a norm of \(norm.scale?.shape ?? []), \(norm.bias?.shape ?? []) for \(x.shape)")
        isWhole = true
        write = { rows, parts, blocks, blockBytes in
            let line = Storage(count: columns)
            for row in rows {
                Kernels.current.layerNorm(
                    x.pointer + row * columns, norm.scale?.pointer, norm.bias?.pointer, line.pointer, rows: 1,
                    cols: columns, epsilon: norm.epsilon)
                let place = blocks + (row - rows.lowerBound) * MatmulKernels.rowBytes
                for (index, k) in parts.enumerated() {
                    MatmulKernels.current.gather(
                        precision, line.pointer + k.lowerBound, stride: columns, count: 1,
                        k: k.count, place + index * blockBytes)
                }
            }
            withExtendedLifetime((x, norm, line)) {}
        }
    }

    /// Writes each of `parts` into its own block, `blockBytes` after the previous one.
    func callAsFunction(
        _ rows: Range<Int>, _ parts: ArraySlice<Range<Int>>, into blocks: UnsafeMutableRawPointer,
        blockBytes: Int
    ) {
        write(rows, parts, blocks, blockBytes)
    }
}

extension NDArray {
    /// Gathers the rows of this array for a matmul by `matrix`.
    func rowGather(_ matrix: PackedMatrix, after norm: LayerNormalization? = nil) -> RowGather {
        if let norm { return RowGather(self, after: norm, precision: matrix.precision) }
        nonisolated(unsafe) let x = pointer
        let k = matrix.k
        return RowGather { rows, positions, block in
            MatmulKernels.current.gather(
                matrix.precision, x + rows.lowerBound * k + positions.lowerBound, stride: k,
                count: rows.count, k: positions.count, block)
        }
    }
}
