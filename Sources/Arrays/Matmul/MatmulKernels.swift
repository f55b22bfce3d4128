// Swift interface of the matmul kernels.
internal import CKernels

/// The matmul kernels of one tier; see `ck_matmul.h` for the layouts.
struct MatmulKernels: @unchecked Sendable {  // The table is immutable static data.
    private let table: UnsafePointer<ck_matmul>
    /// Columns per packed panel.
    let panel: Int
    /// Rows multiplied at a time.
    let rows: Int

    init(_ tier: KernelTier) {
        precondition(
            tier.rawValue <= KernelTier.detected.rawValue, "MatmulKernels: \(tier) is not supported here")
        table = ck_matmul_for(ck_tier(rawValue: tier.rawValue))
        (panel, rows) = (table.pointee.panel, table.pointee.rows)
    }

    /// The tier that all matmuls use.
    static let current = MatmulKernels(.selected)

    /// Bytes from one gathered row to the next.
    static let rowBytes = Int(CK_ROW_BYTES)
    /// Channels per block of transformed tiles.
    static let winogradBlock = Int(CK_K_BLOCK_FLOAT32)

    /// Maximum number of k positions in a gathered row.
    func maxK(_ precision: Precision) -> Int {
        precision == .float32 ? table.pointee.max_k.0 : table.pointee.max_k.1
    }

    /// Bytes per k position of a gathered row.
    func positionBytes(_ precision: Precision) -> Int { 4 * maxK(.float32) / maxK(precision) }

    func pack(
        _ precision: Precision, _ weights: Pointer, _ layout: WeightLayout, _ columns: Range<Int>,
        _ panel: UnsafeMutableRawPointer
    ) {
        table.pointee.pack(
            precision.code, weights, layout.tapStride, layout.taps, layout.channelStride, layout.channels,
            layout.columnStride, columns.lowerBound, columns.upperBound, panel)
    }

    func unpack(
        _ precision: Precision, _ panel: UnsafeRawPointer, _ layout: WeightLayout, _ columns: Range<Int>,
        _ weights: MutablePointer
    ) {
        table.pointee.unpack(
            precision.code, panel, layout.tapStride, layout.taps, layout.channelStride, layout.channels,
            layout.columnStride, columns.lowerBound, columns.upperBound, weights)
    }

    func gather(
        _ precision: Precision, _ x: Pointer, stride: Int, count: Int, k: Int,
        _ rows: UnsafeMutableRawPointer
    ) {
        table.pointee.gather(precision.code, x, stride, count, k, rows)
    }

    func gather(
        _ precision: Precision, _ images: Pointer, _ window: Window, outHeight: Int, _ outputs: Range<Int>,
        _ k: Range<Int>, _ rows: UnsafeMutableRawPointer
    ) {
        var w = ck_window(window)
        table.pointee.gather_window(
            precision.code, images, &w, outHeight, outputs.lowerBound, outputs.count, k.lowerBound,
            k.upperBound, rows)
    }

    func multiply(_ block: MatmulBlock, epilogue: Epilogue.Addresses?) {
        var k = ck_block(
            precision: block.precision.code, rows: block.rows, row_count: block.rowCount, k: block.k,
            short_rows: 0,
            panels: block.panels, panel_stride: block.panelStride, next: block.next, result: block.result,
            result_stride: block.resultStride, columns: block.columns,
            accumulate: block.accumulates ? 1 : 0, epilogue: nil, first_row: block.firstRow,
            first_column: block.firstColumn)
        guard let epilogue else { return table.pointee.multiply(&k) }
        withUnsafePointer(to: ck_epilogue(epilogue)) {
            k.epilogue = $0
            table.pointee.multiply(&k)
        }
    }

    /// Applies the epilogue to complete rows of a result, the first of which is at `result`.
    func applyEpilogue(
        _ epilogue: Epilogue.Addresses, _ result: MutablePointer, rows: Range<Int>, columns: Int
    ) {
        var f = ck_epilogue(epilogue)
        table.pointee.epilogue(&f, result, columns, rows.count, columns, rows.lowerBound, 0)
    }

    /// Keys whose scores are in memory at a time.
    static let keyBlock = Int(CK_KEY_BLOCK)
    /// Maximum number of queries per call of `attend`.
    var queryBlock: Int { Int(CK_QUERY_PANELS) * panel }

    func keyBytes(_ precision: Precision, size: Int, keys: Int) -> Int {
        table.pointee.attention_key_bytes(precision.code, size, keys)
    }

    func valueBytes(size: Int, keys: Int) -> Int { table.pointee.attention_value_bytes(size, keys) }

    func gatherKeys(
        _ precision: Precision, _ x: Pointer, stride: Int, size: Int, keys: Int, block: Int,
        _ rows: UnsafeMutableRawPointer
    ) {
        table.pointee.attention_keys(precision.code, x, stride, size, keys, block, rows)
    }

    func gatherValues(
        _ precision: Precision, _ x: Pointer, stride: Int, size: Int, keys: Int, block: Int,
        _ rows: UnsafeMutableRawPointer
    ) {
        table.pointee.attention_values(precision.code, x, stride, size, keys, block, rows)
    }

    func attentionScratch(size: Int, valueSize: Int, grid: Int) -> Int {
        table.pointee.attention_scratch(size, valueSize, grid)
    }

    func attend(_ a: AttentionBlock) {
        var k = ck_attention(
            precision: a.precision.code, size: a.size, value_size: a.valueSize, keys: a.keys,
            key_rows: a.keyRows, value_rows: a.valueRows, scale: a.scale, queries: a.queries,
            query_stride: a.queryStride, query_count: a.queryCount, result: a.result,
            result_stride: a.resultStride, bias: a.bias, bias_query: a.biasQuery, bias_key: a.biasKey,
            grid_rows: a.gridRows, grid_columns: a.gridColumns, grid: a.grid, log_sums: a.logSums,
            scratch: a.scratch)
        table.pointee.attend(&k)
    }

    private func winograd(_ size: WinogradTiles.Size) -> ck_winograd {
        let kernels =
            switch size {
            case .four: table.pointee.winograd.0
            case .six: table.pointee.winograd.1
            }
        precondition(kernels.pointee.tile == size.rawValue, "MatmulKernels: tables and sizes are mixed up")
        return kernels.pointee
    }

    func winogradInput(
        _ images: Pointer, _ tiles: WinogradTiles, _ normalization: GroupNormalization.Addresses?,
        channels: Int, _ range: Range<Int>, _ rows: MutablePointer, pointStride: Int
    ) {
        var t = ck_tiles(tiles)
        let kernels = winograd(tiles.size)
        guard let n = normalization else {
            kernels.input(
                images, &t, nil, channels, range.lowerBound, range.count, rows, pointStride)
            return
        }
        var normalization = ck_normalization(scale: n.scale, shift: n.shift, silu: n.silu ? 1 : 0)
        kernels.input(
            images, &t, &normalization, channels, range.lowerBound, range.count, rows, pointStride)
    }

    func winogradWeights(
        _ size: WinogradTiles.Size, _ precision: Precision, _ panel: UnsafeRawPointer, channels: Int,
        _ range: Range<Int>,
        _ panels: MutablePointer, stride: Int
    ) {
        winograd(size).weights(
            precision.code, panel, channels, range.lowerBound, range.upperBound, panels, stride)
    }

    func winogradOutput(
        _ sums: Pointer, pointStride: Int, stride: Int, _ tiles: WinogradTiles, _ range: Range<Int>,
        epilogue: Epilogue.Addresses, _ result: MutablePointer, resultStride: Int, _ columns: Range<Int>
    ) {
        var (t, f) = (ck_tiles(tiles), ck_epilogue(epilogue))
        winograd(tiles.size).output(
            sums, pointStride, stride, &t, range.lowerBound, range.count, &f, result, resultStride,
            columns.lowerBound, columns.count)
    }
}

/// Some queries of one head; see `ck_attention`.
struct AttentionBlock {
    var precision: Precision
    var size: Int, valueSize: Int, keys: Int
    var keyRows: UnsafeRawPointer, valueRows: UnsafeRawPointer
    var scale: Float
    var queries: Pointer, queryStride: Int, queryCount: Int
    var result: MutablePointer, resultStride: Int
    var bias: Pointer?, biasQuery = 0, biasKey = 0
    var gridRows: Pointer?, gridColumns: Pointer?, grid = 0
    var logSums: MutablePointer?
    var scratch: MutablePointer
}

/// One block of a matmul; see `ck_block`.
struct MatmulBlock {
    var precision: Precision
    var rows: UnsafeRawPointer, rowCount: Int, k: Int
    var panels: UnsafeRawPointer, panelStride: Int
    var next: UnsafeRawPointer?
    var result: MutablePointer, resultStride: Int, columns: Int
    var accumulates: Bool
    var firstRow: Int, firstColumn: Int
}

extension Precision {
    fileprivate var code: ck_precision { self == .float32 ? CK_FLOAT32 : CK_BFLOAT16 }
}

extension ck_epilogue {
    fileprivate init(_ f: Epilogue.Addresses) {
        self.init(
            bias: f.bias, bias_rows: f.biasRows, bias_stride: f.biasStride,
            activation: f.activation.map { Int32($0.rawValue) } ?? -1,
            last: f.last.map { Int32($0.rawValue) } ?? -1, factor: f.factor, addend: f.addend,
            factor_stride: f.factorStride, addend_stride: f.addendStride)
    }
}

extension ck_tiles {
    fileprivate init(_ t: WinogradTiles) {
        self.init(
            images: t.images, height: t.height, width: t.width, across: t.across, down: t.down,
            reflect: t.border == .reflection ? 1 : 0, doubled: t.isDoubled ? 1 : 0)
    }
}
