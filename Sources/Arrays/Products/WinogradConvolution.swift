// Convolutions 3 × 3 by Winograd's minimal filtering: a quarter of the multiplications.

/// A 3 × 3 convolution of stride 1 whose results are as large as its image, padded by one pixel.
///
/// Images are transformed tile by tile, then every position of a tile is a matrix product of its own. Transforms and
/// products are float32 whatever the precision of the weight: the transforms magnify rounding, which bfloat16 would not
/// bear. Weights are transformed anew for every run, while they are in the cache: kept, they would take four times the
/// memory. Source: Lavin & Gray 2016, section 4.
struct WinogradConvolution: Sendable {
    let tiles: WinogradTiles
    /// Nine taps.
    let weight: PackedMatrix

    private var channels: Int { weight.layout.channels }
    /// Floats from one gathered row to the next.
    private static let row = MatrixKernels.rowBytes / 4
    private static let points = MatrixKernels.winogradPoints
    /// Transformed numbers of an image that are held at once: 24 MiB, for the third-level cache.
    private static let held = 6 << 20
    /// Tiles whose sums are held at once, by 64 columns: 1 MiB, for the second-level cache.
    private static let group = 112
    private static let leastTasks = 16

    /// - Parameter finish: its factor and addend are of the result's shape.
    func run(_ x: Pointer, _ out: MutablePointer, finish: Finish) {
        let kernels = MatrixKernels.current
        let rounds = (tiles.count * Self.points * channels + Self.held - 1) / Self.held
        let capacity = ((tiles.count + rounds - 1) / rounds + 7) & ~7
        let blocks = (channels + MatrixKernels.winogradBlock - 1) / MatrixKernels.winogradBlock
        let transformed = Storage(count: blocks * Self.points * capacity * Self.row)
        nonisolated(unsafe) let (x, out, rows) = (x, out, transformed.pointer)
        let rowCount = tiles.images * tiles.height * tiles.width
        finish.withAddresses(rows: rowCount, columns: weight.columns) { finish in
            for first in stride(from: 0, to: tiles.count, by: capacity) {
                let present = first..<min(tiles.count, first + capacity)
                parallelFor(present.count, chunk: 8) { range in
                    kernels.winogradInput(
                        x, tiles, channels: channels, range.shifted(by: first),
                        rows + range.lowerBound * Self.row, capacity: capacity)
                }
                multiply(rows, capacity, present, out, finish)
            }
        }
        withExtendedLifetime(transformed) {}
    }

    /// The products and the way back, in tasks of two panels of columns by some groups of tiles.
    private func multiply(
        _ rows: MutablePointer, _ capacity: Int, _ present: Range<Int>, _ out: MutablePointer,
        _ finish: Finish.Addresses
    ) {
        let kernels = MatrixKernels.current, width = 2 * kernels.panel
        let across = (weight.columns + width - 1) / width
        let groups = max(
            1, min((Self.leastTasks + across - 1) / across, present.count / Self.group))
        let height = (present.count + groups - 1) / groups
        nonisolated(unsafe) let (rows, out) = (rows, out)
        parallelFor(across * groups, chunk: 1) { range in
            // Not a power of two from point to point, so that they spread over the sets of a cache.
            let points = Self.points, pointStride = channels * kernels.panel + 16, size = points * pointStride
            let scratch = Storage(count: 2 * size + points * Self.group * width)
            let panels = scratch.pointer, sums = panels + 2 * size
            var transformed = -1
            for t in range {
                let column = t / groups * width, columns = column..<min(weight.columns, column + width)
                if transformed != column {
                    for p in stride(from: column, to: columns.upperBound, by: kernels.panel) {
                        kernels.winogradWeights(
                            weight.precision, weight.panels(column: p), channels: channels,
                            panels + (p - column) / kernels.panel * size, stride: pointStride)
                    }
                    transformed = column
                }
                let begin = t % groups * height, end = min(present.count, begin + height)
                for tile in stride(from: begin, to: end, by: Self.group) {
                    let count = min(Self.group, end - tile)
                    for point in 0..<points {
                        for block in stride(from: 0, to: channels, by: MatrixKernels.winogradBlock) {
                            let index = block / MatrixKernels.winogradBlock * points + point
                            kernels.multiply(
                                ProductBlock(
                                    precision: .float32, rows: rows + (index * capacity + tile) * Self.row,
                                    rowCount: count,
                                    inner: min(MatrixKernels.winogradBlock, channels - block),
                                    panels: panels + point * pointStride + block * kernels.panel,
                                    panelStride: size * 4, result: sums + point * Self.group * width,
                                    resultStride: width,
                                    columns: (columns.count + kernels.panel - 1) / kernels.panel
                                        * kernels.panel,
                                    accumulates: block > 0, firstRow: 0, firstColumn: 0), finish: nil)
                        }
                    }
                    kernels.winogradOutput(
                        sums, capacity: Self.group, stride: width, tiles,
                        (tile..<tile + count).shifted(by: present.lowerBound), finish: finish, out,
                        resultStride: weight.columns, columns)
                }
            }
            withExtendedLifetime(scratch) {}
        }
    }
}

extension Range<Int> {
    fileprivate func shifted(by n: Int) -> Range<Int> { lowerBound + n..<upperBound + n }
}
