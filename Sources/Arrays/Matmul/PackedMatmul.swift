// Matmul by packed weights: fixed blocks of rows and columns over threads.

/// One matmul of gathered rows by a packed matrix.
struct PackedMatmul: Sendable {
    let weight: PackedMatrix
    let rows: Range<Int>

    /// Blocking depends on the extents only.
    func run(into sink: MatmulOutput, epilogue: Epilogue, gather: RowGather) {
        epilogue.withAddresses(rows: rows.count, columns: weight.columns) {
            run(into: sink, epilogue: $0, from: .gather(gather))
        }
    }

    /// - Parameter epilogue: its operands start at row 0.
    func run(into sink: MatmulOutput, epilogue: Epilogue.Addresses, from source: RowSource) {
        let columns = weight.columns
        guard !rows.isEmpty, columns > 0 else { return }
        if case .rows = sink {
        } else {
            precondition(
                epilogue.factor == nil && epilogue.addend == nil, "matmul: operands of rows that move")
        }
        let (height, width) = blocks
        let across = (columns + width - 1) / width, down = (rows.count + height - 1) / height
        let source = across > 1 && rows.count > Self.fewRows ? gathered(source) : source
        let parts = weight.kBlocks
        parallelFor(across * down, chunk: 1) { range in
            let gathered = BlockRows(source, parts, height: height)
            var sums: Storage?
            for t in range {
                let i = rows.lowerBound + t / across * height, j = t % across * width
                let (present, taken) = (i..<min(rows.upperBound, i + height), j..<min(columns, j + width))
                let direct = sink.address(row: i, column: j, columns: columns).map { ($0, columns) }
                if direct == nil, sums == nil { sums = Storage(count: height * width) }
                guard let result = direct ?? sums.map({ ($0.pointer, width) }) else { continue }
                for (part, k) in parts.enumerated() {
                    let isLast = part + 1 == parts.count
                    multiply(
                        gathered.block(part: part, present), present, taken, k, result, epilogue,
                        next: isLast ? nil : weight.panels(column: j, k: k.upperBound))
                }
                if direct == nil { sink.take(result.0, stride: width, present, taken, of: columns) }
            }
            withExtendedLifetime((gathered, sums)) {}
        }
    }

    /// Rows that several tasks need are gathered once.
    private func gathered(_ source: RowSource) -> RowSource {
        if case .gather(let gather) = source {
            .gathered(GatheredRows(rows, for: weight, by: gather))
        } else {
            source
        }
    }

    /// The partial sums of some rows and columns over a range of k.
    /// - Parameter next: the panel that is read next, if known.
    private func multiply(
        _ gathered: UnsafeRawPointer, _ i: Range<Int>, _ j: Range<Int>, _ k: Range<Int>,
        _ result: (first: MutablePointer, stride: Int), _ epilogue: Epilogue.Addresses,
        next: UnsafeRawPointer?
    ) {
        MatmulKernels.current.multiply(
            MatmulBlock(
                precision: weight.precision, rows: gathered, rowCount: i.count, k: k.count,
                panels: weight.panels(column: j.lowerBound, k: k.lowerBound),
                panelStride: weight.panelStride, next: next,
                result: result.first, resultStride: result.stride,
                columns: j.count, accumulates: k.lowerBound > 0, firstRow: i.lowerBound,
                firstColumn: j.lowerBound),
            epilogue: k.upperBound == weight.k ? epilogue : nil)
    }

    /// Rows and columns per block.
    ///
    /// A block of gathered rows fills a quarter of L2; the number of blocks is even, because thread counts usually
    /// are. Where rows are few, columns are divided too.
    private var blocks: (Int, Int) {
        let panel = MatmulKernels.current.panel
        let down = Self.evenBlocks(of: rows.count, most: Self.rowBlock)
        let height = (rows.count + down - 1) / down
        let across = max(1, min(Self.leastTasks / down, weight.columns / (2 * panel)))
        let width = (weight.columns + across - 1) / across
        return ((height + 7) & ~7, (width + panel - 1) / panel * panel)
    }

    /// The number of blocks of about `most` rows: one, or an even number.
    static func evenBlocks(of rows: Int, most: Int) -> Int {
        rows > most ? 2 * max(1, (rows + most) / (2 * most)) : 1
    }

    private static let rowBlock = 240
    /// With at most this many rows each task gathers for itself, because another parallel loop would take longer.
    private static let fewRows = 16
    private static let leastTasks = 16
}

extension PackedMatrix {
    /// Ranges of k of even length that fit gathered rows.
    var kBlocks: [Range<Int>] {
        let most = MatmulKernels.current.maxK(precision)
        let count = max(1, (k + most - 1) / most)
        let length = ((k + count - 1) / count + 1) & ~1
        return stride(from: 0, to: max(1, k), by: max(2, length)).map { $0..<min(k, $0 + length) }
    }
}
