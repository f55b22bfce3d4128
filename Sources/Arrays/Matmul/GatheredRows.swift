// The left operand of a matmul in the kernels' layout.

/// Some rows of a left operand: one block of gathered rows per part of k; see `ck_matmul.h`.
struct GatheredRows: Sendable {
    let rows: Range<Int>
    /// The parts of k, as in the matrix that they are multiplied by.
    let parts: [Range<Int>]
    private let precision: Precision
    private let storage: Storage
    private var blockBytes: Int { rows.count * MatmulKernels.rowBytes }

    /// Uninitialised rows.
    init(_ rows: Range<Int>, for matrix: PackedMatrix) {
        (self.rows, parts, precision) = (rows, matrix.kBlocks, matrix.precision)
        storage = Storage(count: parts.count * rows.count * MatmulKernels.rowBytes / 4)
    }

    /// All rows, gathered in parallel.
    init(_ rows: Range<Int>, for matrix: PackedMatrix, by gather: RowGather) {
        self.init(rows, for: matrix)
        parallelFor(rows.count, chunk: 16) { [self] range in
            let first = rows.lowerBound + range.lowerBound
            gather(
                first..<first + range.count, parts[...], into: block(part: 0, row: first),
                blockBytes: blockBytes)
        }
    }

    /// The rows of one part, from `row` on.
    func block(part: Int, row: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(storage.pointer) + part * blockBytes
            + (row - rows.lowerBound) * MatmulKernels.rowBytes
    }

    /// Writes k positions `columns` of some rows; the first is a multiple of a panel's width.
    /// - Parameter x: the first of them; rows are `stride` apart.
    func write(_ rows: Range<Int>, _ columns: Range<Int>, from x: Pointer, stride: Int) {
        let kernels = MatmulKernels.current
        for (k, part) in parts.enumerated() where part.overlaps(columns) {
            let taken = part.clamped(to: columns)
            kernels.gather(
                precision, x + (taken.lowerBound - columns.lowerBound), stride: stride, count: rows.count,
                k: taken.count,
                block(part: k, row: rows.lowerBound)
                    + (taken.lowerBound - part.lowerBound) * kernels.positionBytes(precision))
        }
    }
}

/// The source of a matmul's left operand.
enum RowSource: Sendable {
    case gather(RowGather)
    case gathered(GatheredRows)
}

/// The left operand of one task, gathered on demand unless it already is.
struct BlockRows {
    private let source: RowSource
    private let parts: [Range<Int>]
    private let scratch: Storage?
    private let blockBytes: Int

    /// - Parameter height: maximum number of rows at a time.
    init(_ source: RowSource, _ parts: [Range<Int>], height: Int) {
        (self.source, self.parts) = (source, parts)
        blockBytes = height * MatmulKernels.rowBytes
        switch source {
        case .gathered: scratch = nil
        case .gather(let gather):
            scratch = Storage(count: (gather.isWhole ? parts.count : 1) * blockBytes / 4)
        }
    }

    /// Gathered rows of one part; parts must be requested in order.
    func block(part: Int, _ rows: Range<Int>) -> UnsafeRawPointer {
        switch source {
        case .gathered(let gathered):
            return UnsafeRawPointer(gathered.block(part: part, row: rows.lowerBound))
        case .gather(let gather):
            guard let scratch else { preconditionFailure("BlockRows: nowhere to gather") }
            let blocks = UnsafeMutableRawPointer(scratch.pointer)
            if !gather.isWhole {
                gather(rows, parts[part...part], into: blocks, blockBytes: blockBytes)
                return UnsafeRawPointer(blocks)
            }
            if part == 0 { gather(rows, parts[...], into: blocks, blockBytes: blockBytes) }
            return UnsafeRawPointer(blocks) + part * blockBytes
        }
    }
}
