// Products with packed weights: fixed blocks of rows and columns over threads.

/// One product of gathered rows with a packed matrix.
struct PackedProduct: Sendable {
    let weight: PackedMatrix
    let rows: Int
    /// The row of the result that a row of the product becomes; the same if nil.
    ///
    /// Moved when complete, while in the cache; a finish then has no operand of the result's shape.
    var placement: (@Sendable (Int) -> Int)?

    /// Writes inner positions of some rows into a block of gathered rows.
    typealias Gather =
        @Sendable (
            _ rows: Range<Int>, _ inner: Range<Int>, _ block: UnsafeMutableRawPointer
        ) -> Void

    /// Computes `[rows, columns]`; the blocks depend on the extents only.
    func run(_ out: MutablePointer, finish: Finish, gather: Gather) {
        let columns = weight.columns
        guard rows > 0, columns > 0 else { return }
        precondition(placement == nil || (finish.factor ?? finish.addend) == nil, "product: rows that move")
        let (height, width) = blocks
        let across = (columns + width - 1) / width, down = (rows + height - 1) / height
        let shared = across > 1 && rows > Self.fewRows ? gathered(gather) : nil
        finish.withAddresses(rows: rows, columns: columns) { finish in
            nonisolated(unsafe) let out = out
            parallelFor(across * down, chunk: 1) { range in
                let scratch = shared == nil ? Storage(count: height * Self.row) : nil
                let sums = placement == nil ? nil : Storage(count: height * width)
                for t in range {
                    let i = t / across * height, j = t % across * width
                    let (present, taken) = (i..<min(rows, i + height), j..<min(columns, j + width))
                    let result = sums.map { ($0.pointer, width) } ?? (out + i * columns + j, columns)
                    for (part, inner) in weight.innerBlocks.enumerated() {
                        if let shared {
                            multiply(
                                shared.pointer + (part * rows + i) * Self.row, present, taken, inner, result,
                                finish)
                        } else if let scratch {
                            gather(present, inner, scratch.pointer)
                            multiply(scratch.pointer, present, taken, inner, result, finish)
                        }
                    }
                    guard let sums, let placement else { continue }
                    for r in present {
                        (out + placement(r) * columns + j).update(
                            from: sums.pointer + (r - i) * width, count: taken.count)
                    }
                }
                withExtendedLifetime((scratch, shared, sums)) {}
            }
        }
    }

    /// All rows, one part of the inner positions after the other: where several tasks need them, they are gathered once.
    private func gathered(_ gather: Gather) -> Storage {
        let parts = weight.innerBlocks, chunk = 32, chunks = (rows + chunk - 1) / chunk
        let block = Storage(count: parts.count * rows * Self.row)
        nonisolated(unsafe) let base = block.pointer
        parallelFor(parts.count * chunks, chunk: 1) { range in
            for t in range {
                let begin = t % chunks * chunk
                gather(
                    begin..<min(rows, begin + chunk), parts[t / chunks],
                    base + (t / chunks * rows + begin) * Self.row)
            }
        }
        return block
    }

    /// One part of the sums of some rows and columns.
    private func multiply(
        _ gathered: MutablePointer, _ i: Range<Int>, _ j: Range<Int>, _ inner: Range<Int>,
        _ result: (first: MutablePointer, stride: Int), _ finish: Finish.Addresses
    ) {
        MatrixKernels.current.multiply(
            ProductBlock(
                precision: weight.precision, rows: gathered, rowCount: i.count, inner: inner.count,
                panels: weight.panels(column: j.lowerBound, inner: inner.lowerBound),
                panelStride: weight.panelStride,
                result: result.first, resultStride: result.stride,
                columns: j.count, accumulates: inner.lowerBound > 0, firstRow: i.lowerBound,
                firstColumn: j.lowerBound),
            finish: inner.upperBound == weight.inner ? finish : nil)
    }

    /// Rows and columns per block.
    ///
    /// A block of gathered rows fills a quarter of the second-level cache; their number is even, for threads mostly are.
    /// Where rows are few, columns are shared out too.
    private var blocks: (Int, Int) {
        let panel = MatrixKernels.current.panel
        let pairs = (rows + Self.rowBlock) / (2 * Self.rowBlock)
        let down = rows > Self.rowBlock ? 2 * max(1, pairs) : 1
        let height = (rows + down - 1) / down
        let across = max(1, min(Self.leastTasks / down, weight.columns / (2 * panel)))
        let width = (weight.columns + across - 1) / across
        return ((height + 7) & ~7, (width + panel - 1) / panel * panel)
    }

    private static let rowBlock = 240
    /// Up to so many rows, tasks gather for themselves: starting tasks costs more.
    private static let fewRows = 16
    /// Floats from one gathered row to the next.
    private static let row = MatrixKernels.rowBytes / 4
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
