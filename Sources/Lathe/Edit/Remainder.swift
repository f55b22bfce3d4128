// Checks whether a removal left something, by selecting again.

import Arrays
import Compositing
import Images

/// Detection of what a removal left.
enum Remainder {
    /// Least share of the new selection inside the hole, and least share of the hole covered by it, to count
    /// as an object.
    private static let (inHole, ofHole) = (0.6, 0.15)
    /// Least ratio of the gradient along the selection's outline to the gradient beside it.
    ///
    /// A segmenter also selects parts of plain background, whose outlines are not edges.
    private static let steepness: Float = 1.75

    /// Selects by the old clicks, or without clicks at the centre of the hole, and compares the selection
    /// with the hole.
    static func look(for object: EditObject, in edited: Image, hole: Mask, session: ModelSession) throws
        -> EditResult.Remainder
    {
        var again = Selection()
        again.points = object.selection.points.filter(\.isObject)
        if again.points.isEmpty {
            let depths = hole.depths
            guard let deepest = depths.indices.max(by: { depths[$0] < depths[$1] }) else {
                return EditResult.Remainder(isThere: false, share: 0)
            }
            again.points = [
                Selection.Point(x: Float(deepest % hole.width), y: Float(deepest / hole.width))
            ]
        }
        let photograph = edited.hasAlpha ? edited.rgba : edited.rgb
        let found: FoundMask
        do {
            found = try Selector.select(in: photograph, again, session: session)
        } catch let error as LatheError where error.code == .badInput {
            // The segmenter found nothing.
            return EditResult.Remainder(isThere: false, share: 0)
        }
        let selected = found.mask.binarised, both = Double(selected.intersection(hole).area)
        let share = both / Double(max(1, hole.area))
        let isThing =
            both / Double(max(1, selected.area)) > inHole && share > ofHole
            && edge(of: selected, in: photograph.seen) > steepness
        return EditResult.Remainder(isThere: isThing, share: share)
    }

    /// Mean gradient magnitude along a mask's outline relative to that beside it.
    private static func edge(of mask: Mask, in picture: Image) -> Float {
        let (w, h) = (picture.width, picture.height)
        let values = gaussianBlurred(picture.pixels, sigma: 1.5).scalars
        let outside = Mask(width: w, height: h, inside: mask.inside.map { !$0 })
        // Distance to the outline; one of the two terms is zero.
        let distances = zip(mask.depths, outside.depths).map { $0 + $1 }
        var (sums, counts) = (SIMD2<Float>.zero, SIMD2<Float>.zero)
        for y in 0..<h - 1 {
            for x in 0..<w - 1 {
                let pixel = y * w + x, distance = distances[pixel]
                guard distance <= 2 || 5...12 ~= distance else { continue }
                let side = distance <= 2 ? 0 : 1
                var steep: Float = 0
                for k in 3 * pixel..<3 * pixel + 3 {
                    let (right, down) = (values[k + 3] - values[k], values[k + 3 * w] - values[k])
                    steep += right * right + down * down
                }
                sums[side] += steep.squareRoot()
                counts[side] += 1
            }
        }
        guard counts[0] > 0, counts[1] > 0 else { return .infinity }
        return sums[0] / counts[0] / max(sums[1] / counts[1], 1e-4)
    }
}
