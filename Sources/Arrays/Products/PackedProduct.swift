// Products with packed weights: fixed blocks of rows and columns over threads.

/// One product of gathered rows with a packed matrix.
struct PackedProduct: Sendable {
    let weight: PackedMatrix
    let rows: Int

    /// Writes inner positions of some rows into a block of gathered rows.
    typealias Gather =
        @Sendable (
            _ rows: Range<Int>, _ inner: Range<Int>, _ block: UnsafeMutableRawPointer
        ) -> Void

    /// Computes `[rows, columns]`; the blocks depend on the extents only.
    func run(_ out: MutablePointer, finish: Finish, gather: Gather) {
        let columns = weight.columns
        guard rows > 0, columns > 0 else { return }
        let (height, width) = blocks
        let across = (columns + width - 1) / width, down = (rows + height - 1) / height
        finish.withAddresses(rows: rows, columns: columns) { finish in
            nonisolated(unsafe) let out = out
            parallelFor(across * down, chunk: 1) { range in
                let scratch = Storage(count: height * MatrixKernels.rowBytes / 4)
                for t in range {
                    let i = t / across * height, j = t % across * width
                    block(
                        i..<min(rows, i + height), j..<min(columns, j + width), out, finish, scratch, gather)
                }
                withExtendedLifetime(scratch) {}
            }
        }
    }

    private func block(
        _ i: Range<Int>, _ j: Range<Int>, _ out: MutablePointer, _ finish: Finish.Addresses,
        _ scratch: Storage, _ gather: Gather
    ) {
        let kernels = MatrixKernels.current
        let parts = weight.innerBlocks
        for inner in parts {
            gather(i, inner, scratch.pointer)
            kernels.multiply(
                ProductBlock(
                    precision: weight.precision, rows: scratch.pointer, rowCount: i.count, inner: inner.count,
                    panels: weight.panels(column: j.lowerBound, inner: inner.lowerBound),
                    panelStride: weight.panelStride,
                    result: out + i.lowerBound * weight.columns + j.lowerBound, resultStride: weight.columns,
                    columns: j.count, accumulates: inner.lowerBound > 0, firstRow: i.lowerBound,
                    firstColumn: j.lowerBound),
                finish: inner.upperBound == weight.inner ? finish : nil)
        }
    }

    /// Rows and columns per block.
    ///
    /// A block of gathered rows fills a quarter of the second-level cache. Where rows are few, columns are shared out too,
    /// and every task gathers the rows for itself.
    private var blocks: (Int, Int) {
        let panel = MatrixKernels.current.panel
        let down = max(1, (rows + Self.rowBlock / 2) / Self.rowBlock)
        let height = (rows + down - 1) / down
        let across = max(1, min(Self.leastTasks / down, weight.columns / (2 * panel)))
        let width = (weight.columns + across - 1) / across
        return ((height + 7) & ~7, (width + panel - 1) / panel * panel)
    }

    private static let rowBlock = 240
    private static let leastTasks = 16
}

extension PackedMatrix {
    /// The inner positions in parts of even length that fit gathered rows.
    var innerBlocks: [Range<Int>] {
        let most = MatrixKernels.current.inner(precision)
        let count = max(1, (inner + most - 1) / most)
        let length = ((inner + count - 1) / count + 1) & ~1
        return stride(from: 0, to: max(1, inner), by: max(2, length)).map { $0..<min(inner, $0 + length) }
    }
}
