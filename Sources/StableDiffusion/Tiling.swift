// Division of an extent into overlapping tiles, and their blending weights.

package import Arrays

/// Tiling of large images for the autoencoder, which bounds memory.
///
/// Adjacent tiles are blended over their overlap. A tile's weight is 0 in the quarter of the overlap next to its own
/// border, where its surroundings are unknown, then rises smoothly (`3t² - 2t³`) to 1 in the last quarter; weights
/// are normalised by their sum, so values that all tiles agree on are kept. Group norms and attention of a full
/// autoencoder see one tile at a time, so the result differs from that of a single pass.
public struct Tiling: Sendable, Hashable {
    /// Images up to this number of pixels are not tiled.
    public var wholeArea: Int
    /// Maximum side of a tile, in pixels.
    public var side: Int
    /// Minimum overlap of adjacent tiles, in pixels; less than a side.
    public var overlap: Int

    public init(wholeArea: Int = 768 * 768, side: Int = 512, overlap: Int = 128) {
        precondition(
            overlap >= 0 && side > 0 && overlap < side, "tiling: sides of \(side) that overlap by \(overlap)")
        self.wholeArea = wholeArea
        self.side = side
        self.overlap = overlap
    }
}

/// One dimension of a tiling, in latents.
struct TileAxis {
    /// The tiles, all of equal length.
    let ranges: [Range<Int>]
    private let extent: Int
    private let overlap: Int

    init(extent: Int, side: Int, overlap: Int) {
        let length = min(side, extent)
        let free = extent - length
        let count = free == 0 ? 1 : 1 + (free + side - overlap - 1) / (side - overlap)
        self.extent = extent
        self.overlap = overlap
        ranges = (0..<count).map { index in
            let start = count > 1 ? (index * free + (count - 1) / 2) / (count - 1) : 0
            return start..<start + length
        }
    }

    /// Weights of each tile at each of its samples, `scale` per latent; they sum to 1 at every position.
    func weights(scale: Int) -> [[Float]] {
        let raw = ranges.map { range in
            (range.lowerBound * scale..<range.upperBound * scale).map { weight($0, range, scale) }
        }
        var sums = Array(repeating: Float(0), count: extent * scale)
        for (range, weights) in zip(ranges, raw) {
            for (index, weight) in weights.enumerated() { sums[range.lowerBound * scale + index] += weight }
        }
        return zip(ranges, raw).map { range, weights in
            weights.enumerated().map { $0.element / sums[range.lowerBound * scale + $0.offset] }
        }
    }

    private func weight(_ sample: Int, _ range: Range<Int>, _ scale: Int) -> Float {
        func ramp(_ distance: Int) -> Float {
            let (margin, ramp) = (overlap * scale / 4, overlap * scale - 2 * (overlap * scale / 4))
            let t = min(max((Float(distance - margin) + 0.5) / Float(max(ramp, 1)), 0), 1)
            return t * t * (3 - 2 * t)
        }
        let before = range.lowerBound == 0 ? 1 : ramp(sample - range.lowerBound * scale)
        let after = range.upperBound == extent ? 1 : ramp(range.upperBound * scale - 1 - sample)
        return before * after
    }
}

/// Runs `body` over the tiles of `height` × `width` latents and blends the results.
/// - Parameters:
///   - scale: samples of the result per latent.
///   - body: from rows and columns of latents to `[batch, rows · scale, columns · scale, channels]`.
package func blendedTiles(
    height: Int, width: Int, side: Int, overlap: Int, scale: Int,
    _ body: (_ rows: Range<Int>, _ columns: Range<Int>) -> NDArray
) -> NDArray {
    let (down, across) = (
        TileAxis(extent: height, side: side, overlap: overlap),
        TileAxis(extent: width, side: side, overlap: overlap)
    )
    var result: NDArray?
    for (rows, rowWeights) in zip(down.ranges, down.weights(scale: scale)) {
        for (columns, columnWeights) in zip(across.ranges, across.weights(scale: scale)) {
            let tile = body(rows, columns)
            var sum = result ?? .zeros([tile.shape[0], height * scale, width * scale, tile.shape[3]])
            result = nil
            sum.add(
                tile, rowWeights, columnWeights, top: rows.lowerBound * scale,
                left: columns.lowerBound * scale)
            result = sum
        }
    }
    return result ?? .zeros([0, height * scale, width * scale, 0])
}

extension NDArray {
    /// Adds a tile, weighted by row and column, at a position of this image.
    fileprivate mutating func add(
        _ tile: NDArray, _ rowWeights: [Float], _ columnWeights: [Float], top: Int, left: Int
    ) {
        let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        let (rows, columns) = (tile.shape[1], tile.shape[2])
        precondition(
            tile.shape == [batch, rowWeights.count, columnWeights.count, channels],
            "tiles: \(tile.shape), expected [\(batch), \(rowWeights.count), \(columnWeights.count), \(channels)]"
        )
        tile.withUnsafeBuffer { source in
            withUnsafeMutableBuffer { target in
                for line in 0..<batch * rows {
                    let (item, row) = (line / rows, line % rows)
                    let start = ((item * height + top + row) * width + left) * channels
                    for column in 0..<columns {
                        let weight = rowWeights[row] * columnWeights[column]
                        for channel in 0..<channels {
                            target[start + column * channels + channel] +=
                                weight * source[(line * columns + column) * channels + channel]
                        }
                    }
                }
            }
        }
    }
}
