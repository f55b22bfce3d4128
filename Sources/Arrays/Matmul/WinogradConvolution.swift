// 3 × 3 convolutions by Winograd's minimal filtering: a quarter of the multiplications.

/// A 3 × 3 convolution of stride 1 and padding 1.
///
/// Images are transformed tile by tile; then there is one matmul per position of a tile. Transforms and matmuls are
/// float32 whatever the weight's precision, because the transforms amplify rounding errors too much for bfloat16.
/// Weights are transformed again for every run, while in cache: stored, they would take four times the memory.
/// Source: Lavin & Gray 2016, section 4.
struct WinogradConvolution: Sendable {
    let tiles: WinogradTiles
    /// With nine taps.
    let weight: PackedMatrix

    private var points: Int { tiles.size.points }
    private var channels: Int { weight.layout.channels }
    /// Floats from one gathered row to the next.
    private static let row = MatmulKernels.rowBytes / 4
    /// Transformed numbers in memory at a time: 8 MiB, a share of L3, but up to 16 MiB for `worthwhile` tiles.
    private static let held = 2 << 20, mostHeld = 4 << 20
    private static let worthwhile = 512
    /// Maximum number of tiles, and of columns, whose sums are in memory at a time: about 1 MiB, for L2.
    private static let group = 128
    private var width: Int { (tiles.size == .four ? 2 : 1) * MatmulKernels.current.panel }
    /// Channels whose transformed weights are in memory at a time, about half as much.
    private static let part = 64
    private static let leastTasks = 16
    /// Rounds up to an odd number of cache lines: all points are written in turn, and with an even stride would map
    /// to few cache sets.
    private static func staggered(_ floats: Int) -> Int { floats | 16 }
    private static let leastGroup = 32

    /// - Parameters:
    ///   - normalization: applied to the images first; padding stays zero.
    ///   - epilogue: its factor and addend are of the result's shape.
    func run(
        _ x: Pointer, _ out: MutablePointer, normalization: GroupNormalization?, epilogue: Epilogue
    ) {
        let kernels = MatmulKernels.current
        let held = max(Self.held, min(Self.worthwhile * points * channels, Self.mostHeld))
        let rounds = (tiles.count * points * channels + held - 1) / held
        let capacity = ((tiles.count + rounds - 1) / rounds + 7) & ~7
        let blocks = (channels + MatmulKernels.winogradBlock - 1) / MatmulKernels.winogradBlock
        let pointStride = Self.staggered(capacity * Self.row)
        let transformed = Storage(count: blocks * points * pointStride)
        nonisolated(unsafe) let (x, out, rows) = (x, out, transformed.pointer)
        let before = normalization?.addresses
        let rowCount = tiles.images * tiles.height * tiles.width
        epilogue.withAddresses(rows: rowCount, columns: weight.columns) { epilogue in
            for first in stride(from: 0, to: tiles.count, by: capacity) {
                let present = first..<min(tiles.count, first + capacity)
                parallelFor(present.count, chunk: 16) { range in
                    kernels.winogradInput(
                        x, tiles, before, channels: channels, range.shifted(by: first),
                        rows + range.lowerBound * Self.row, pointStride: pointStride)
                }
                multiply(rows, pointStride, present, out, epilogue)
            }
        }
        withExtendedLifetime((transformed, normalization)) {}
    }

    /// The matmuls and the output transform, in tasks of some columns of some tiles.
    private func multiply(
        _ rows: MutablePointer, _ pointStride: Int, _ present: Range<Int>, _ out: MutablePointer,
        _ epilogue: Epilogue.Addresses
    ) {
        let across = (weight.columns + width - 1) / width
        let wanted = min((Self.leastTasks + across - 1) / across, present.count / Self.leastGroup)
        let groups = max(wanted, (present.count + Self.group - 1) / Self.group)
        // A multiple of the rows that are multiplied at a time.
        let height = ((present.count + groups - 1) / groups + 7) & ~7
        nonisolated(unsafe) let (rows, out) = (rows, out)
        parallelFor(across * groups, chunk: 1) { range in
            var panels = TransformedPanels(tiles.size, channels: min(channels, Self.part), width: width)
            let sums = Storage(count: points * Self.staggered(Self.group * width))
            for t in range {
                let column = t % across * width, columns = column..<min(weight.columns, column + width)
                let tile = t / across * height, count = min(height, present.count - tile)
                guard count > 0 else { continue }
                for channel in stride(from: 0, to: channels, by: Self.part) {
                    let taken = channel..<min(channels, channel + Self.part)
                    panels.transform(weight, columns, taken)
                    multiply(rows + tile * Self.row, pointStride, count, taken, panels, sums.pointer)
                }
                MatmulKernels.current.winogradOutput(
                    sums.pointer, pointStride: Self.staggered(Self.group * width), stride: width, tiles,
                    (tile..<tile + count).shifted(by: present.lowerBound), epilogue: epilogue, out,
                    resultStride: weight.columns, columns)
            }
            withExtendedLifetime(sums) {}
        }
    }

    /// Adds the partial sums over some channels, point by point, to the sums of `count` tiles.
    private func multiply(
        _ rows: MutablePointer, _ pointStride: Int, _ count: Int, _ taken: Range<Int>,
        _ panels: TransformedPanels, _ sums: MutablePointer
    ) {
        // Parts divide blocks, so that a part lies within one block.
        let (block, channel) = taken.lowerBound.quotientAndRemainder(
            dividingBy: MatmulKernels.winogradBlock)
        for point in 0..<points {
            MatmulKernels.current.multiply(
                MatmulBlock(
                    precision: .float32,
                    rows: rows + (block * points + point) * pointStride + channel,
                    rowCount: count, k: taken.count, panels: panels.at(point),
                    panelStride: panels.size * 4,
                    result: sums + point * Self.staggered(Self.group * panels.width),
                    resultStride: panels.width,
                    columns: panels.filled, accumulates: taken.lowerBound > 0, firstRow: 0, firstColumn: 0),
                epilogue: nil)
        }
    }
}

/// Storage for the transformed weights of some columns and channels.
private struct TransformedPanels {
    let width: Int
    /// Floats from point to point: not a power of two, so that points map to different cache sets.
    private let stride: Int
    /// Floats from panel to panel.
    let size: Int
    private let storage: Storage
    /// Columns of the panels transformed last, in whole panels.
    private(set) var filled = 0

    private let tileSize: WinogradTiles.Size

    init(_ tileSize: WinogradTiles.Size, channels: Int, width: Int) {
        let panel = MatmulKernels.current.panel
        (self.tileSize, self.width) = (tileSize, width)
        stride = channels * panel + 16
        size = tileSize.points * stride
        storage = Storage(count: width / panel * size)
    }

    func at(_ point: Int) -> UnsafeRawPointer { UnsafeRawPointer(storage.pointer + point * stride) }

    /// Transforms some channels of `columns`; panels beyond them are left unchanged.
    mutating func transform(_ weight: PackedMatrix, _ columns: Range<Int>, _ channels: Range<Int>) {
        let kernels = MatmulKernels.current
        filled = (columns.count + kernels.panel - 1) / kernels.panel * kernels.panel
        for p in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: kernels.panel) {
            kernels.winogradWeights(
                tileSize, weight.precision, weight.panels(column: p), channels: weight.layout.channels,
                channels,
                storage.pointer + (p - columns.lowerBound) / kernels.panel * size, stride: stride)
        }
    }
}

extension Range<Int> {
    fileprivate func shifted(by n: Int) -> Range<Int> { lowerBound + n..<upperBound + n }
}
