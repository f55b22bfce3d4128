// Whether a removal left something: the same question to the segmenter again.

import Arrays
import Compositing
import Images

enum Remainder {
    /// A selection of which this share lies in the hole, and which covers this share of it, is something that is still there.
    private static let (inHole, ofHole) = (0.6, 0.15)
    /// The outline of a thing is this much steeper than what lies beside it.
    ///
    /// A segmenter that is asked about bare ground cuts some of it out all the same.
    private static let steepness: Float = 1.75

    /// Selects at the old clicks, or for a mask file in the middle of the hole, and compares with the hole.
    static func look(for object: EditObject, in edited: Image, hole: Mask, models: ModelSet) throws
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
            found = try Selector.select(in: photograph, again, models: models)
        } catch let error as LatheError where error.code == .badInput {
            // The segmenter finds nothing at all there.
            return EditResult.Remainder(isThere: false, share: 0)
        }
        let selected = found.mask.hardened, both = Double(selected.intersection(hole).area)
        let share = both / Double(max(1, hole.area))
        let isThing =
            both / Double(max(1, selected.area)) > inHole && share > ofHole
            && edge(of: selected, in: photograph.seen) > steepness
        return EditResult.Remainder(isThere: isThing, share: share)
    }

    /// How much steeper the colours change along the outline of a mask than beside it.
    private static func edge(of mask: Mask, in picture: Image) -> Float {
        let (w, h) = (picture.width, picture.height)
        let values = gaussianBlurred(picture.pixels, sigma: 1.5).scalars
        let outside = Mask(width: w, height: h, inside: mask.inside.map { !$0 })
        // Distances to the outline from either side, of which one is zero.
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
