// Whether a removal left something: the same question to the segmenter again.

import Editing
import Images

enum Remainder {
    /// A selection of which this share lies in the hole, and which covers this share of it, is something that is still there.
    private static let (inHole, ofHole) = (0.6, 0.15)

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
        return EditResult.Remainder(
            isThere: both / Double(max(1, selected.area)) > inHole && share > ofHole, share: share)
    }
}
