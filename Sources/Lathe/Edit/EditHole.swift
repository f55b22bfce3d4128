// The hole of an edit: what may change, how soft its inner edge is.

package import Compositing
package import Images

/// What may change in a picture.
package struct EditHole: Sendable {
    /// Hard.
    package let mask: Mask
    /// Width of the passage inside the hole, in pixels.
    let feather: Float
    /// What its border is in the finished picture.
    let border: Retouch.Border
    /// The part of a fill's hole that shows the old thing, its outline or its shadow, and so no ground; softness as of the hole.
    var bare: Mask?

    /// The hole for a selected object.
    ///
    /// - `remove` takes the object with its outline, its glow and the shadow at its foot;
    /// - `fill` takes the object and a rounded box round it, widened where it is narrow;
    /// - `replace` takes everything but the object, to the pixel.
    package init(object: Mask, options: EditOptions) {
        let object = object.hardened
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
                // What comes has another outline than what goes: a hole with arms and handles would ask for them again, and
                // a narrow one for something narrow.
                grown = max(4, 0.08 * size)
                mask = EditHole.grown(object, by: grown).room(share: 0.7, margin: 0.06)
            }
            if options.task == .fill {
                // Wider than a removal's: the rest of the hole has the drawn thing to hide it, and ground to spare.
                bare = object.removalHole(share: 0.12, least: max(4, grown)).intersection(mask)
            }
            // What shows through the passage must be surroundings, not the object.
            feather = options.feather ?? min(6, max(0, grown - 2))
        }
    }

    /// The hole that grows a picture: the margins of the canvas.
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

    /// A hole whose surroundings go on inside.
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
