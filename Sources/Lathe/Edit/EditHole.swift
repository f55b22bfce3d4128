// The hole of an edit with its feather.

package import Compositing
package import Images

/// The pixels that an edit may change.
package struct EditHole: Sendable {
    /// Binary.
    package let mask: Mask
    /// Feather width inside the hole, in pixels.
    let feather: Float
    /// How the result meets the picture at the border.
    let border: Retouch.Border
    /// For fills: the part that shows the old object, its outline or its shadow, so where the photograph has
    /// no ground.
    var bare: Mask?

    /// The hole for a selected object.
    ///
    /// - `remove`: the object dilated, with the contact shadow at its base;
    /// - `fill`: the object dilated, in a rounded box of a less extreme aspect ratio;
    /// - `replace`: everything but the object.
    package init(object: Mask, options: EditOptions) {
        let object = object.binarised
        let size = Float(object.area).squareRoot()
        border = options.task == .replace ? .outline : options.task == .fill ? .frame : .ground
        switch options.task {
        case .replace:
            let kept =
                options.growth.map { EditHole.grown(object, by: EditHole.pixels($0, object)) } ?? object
            mask = kept.inverted
            feather = options.feather ?? 0.5
        case .remove, .fill, .outpaint:
            let grown: Float
            if let growth = options.growth {
                grown = EditHole.pixels(growth, object)
                mask = EditHole.grown(object, by: grown)
            } else if options.task == .remove {
                grown = max(3, 0.05 * size)
                mask = object.removalHole(share: 0.05, shadow: options.allowsForShadow ? 0.06 : 0)
            } else {
                // The new object has another shape. A hole with the old one's shape would make the model draw
                // the old one again.
                grown = max(4, 0.08 * size)
                mask = EditHole.grown(object, by: grown).room(share: 0.7, margin: 0.06)
            }
            if options.task == .fill {
                // Larger than for a removal: the new object covers part of it.
                bare = object.removalHole(share: 0.12, least: max(4, grown)).intersection(mask)
            }
            // The feathered rim shows the picture partly, so it must lie outside the object.
            feather = options.feather ?? min(6, max(0, grown - 2))
        }
    }

    /// The hole of an outpainted picture: the margins of the canvas.
    init(margins: EditMargins, width: Int, height: Int, feather: Float?) {
        let canvas = (
            width: width + margins.left + margins.right, height: height + margins.top + margins.bottom
        )
        mask = Mask(
            width: canvas.width, height: canvas.height,
            inside: (0..<canvas.width * canvas.height).map { pixel in
                let (x, y) = (pixel % canvas.width - margins.left, pixel / canvas.width - margins.top)
                return !(0..<width ~= x && 0..<height ~= y)
            })
        self.feather = feather ?? 0
        border = .ground
    }

    /// A hole with a given mask.
    package init(mask: Mask, feather: Float, border: Retouch.Border = .ground) {
        (self.mask, self.feather, self.border) = (mask, feather, border)
    }

    private static func grown(_ object: Mask, by radius: Float) -> Mask {
        object.locally(within: radius) { $0.grown(by: radius) }
    }

    private static func pixels(_ growth: Selection.Growth, _ object: Mask) -> Float {
        guard let box = object.boundingBox else { return 0 }
        return growth.pixels(longerSide: max(box.width, box.height))
    }
}
