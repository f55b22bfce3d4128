// Tiles of a hole for the detail pass at the picture's own resolution.

import Arrays
import Images

/// One tile, with its blend weights towards its neighbours.
struct DetailTile {
    /// Including the overlap with neighbours.
    let box: PixelRectangle
    /// The bounding box of the hole; tile edges on it have no neighbour.
    private let whole: PixelRectangle
    /// Width of the blend with a neighbour, in pixels.
    private let featherWidth: Float

    /// Tiles over a box, each three quarters of `side` long, for a model with square inputs of `side` pixels.
    ///
    /// Neighbours overlap by a quarter of a tile.
    static func tiles(over whole: PixelRectangle, side: Int) -> [DetailTile] {
        let step = max(1, side * 9 / 16), margin = side * 3 / 32
        func spans(_ range: Range<Int>) -> [Range<Int>] {
            let count = (range.count + step - 1) / step
            return (0..<count).map {
                let start = range.lowerBound + range.count * $0 / count
                let end = range.lowerBound + range.count * ($0 + 1) / count
                return max(range.lowerBound, start - margin)..<min(range.upperBound, end + margin)
            }
        }
        return spans(whole.rows).flatMap { rows in
            spans(whole.columns).map { columns in
                DetailTile(
                    box: PixelRectangle(
                        left: columns.lowerBound, top: rows.lowerBound, right: columns.upperBound,
                        bottom: rows.upperBound),
                    whole: whole, featherWidth: Float(2 * margin))
            }
        }
    }

    /// Blend weights of the tile in an area of the picture: 0 outside, rising over the overlap.
    func share(in area: PixelRectangle) -> Mask {
        func ramp(_ place: Int, _ range: Range<Int>, _ whole: Range<Int>) -> Float {
            guard range.contains(place) else { return 0 }
            var t: Float = 1
            if range.lowerBound > whole.lowerBound {
                t = min(t, Float(place - range.lowerBound + 1) / (featherWidth + 1))
            }
            if range.upperBound < whole.upperBound {
                t = min(t, Float(range.upperBound - place) / (featherWidth + 1))
            }
            return t * t * (3 - 2 * t)
        }
        let across = area.columns.map { ramp($0, box.columns, whole.columns) }
        let down = area.rows.map { ramp($0, box.rows, whole.rows) }
        return Mask(
            NDArray(shape: [down.count, across.count]) { out in
                for y in down.indices {
                    for x in across.indices { out[y * across.count + x] = down[y] * across[x] }
                }
            })
    }
}
