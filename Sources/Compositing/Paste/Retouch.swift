// Pasting a model's output into a hole of a picture.

import Arrays
public import Images

/// The result of an edit of one hole.
public struct Retouch: Sendable {
    /// How the pasted part meets the picture.
    public enum Border: Sendable, Hashable {
        /// The surroundings continue inside: colours are matched over the whole hole.
        case ground
        /// The surroundings continue around a new object: colours are matched near the border only.
        case frame
        /// The object's outline is the border (the background is replaced): no colour matching; the model's
        /// own rendering of the object, visible as a rim where the working size is small, is replaced by
        /// extrapolated background.
        case outline
    }

    /// The picture with the hole filled; same shape, same alpha.
    public let picture: Image
    /// Steps across the border of the hole.
    public let seam: Seam.Steps

    /// Pastes a model's output into the hole of a picture.
    ///
    /// Colours are matched at the border, and the first `feather` pixels inside the hole blend from the
    /// picture to the model's output. Pixels outside the hole stay bit-identical.
    /// - Parameters:
    ///   - working: the model's output, of the plan's working size.
    ///   - picture: any channels; grey stays grey, alpha is unchanged.
    ///   - hole: the pixels that may change.
    ///   - plan: the crop of which `working` is a version.
    ///   - feather: feather width in pixels; less where the hole is thin.
    ///   - border: how the pasted part meets the picture.
    ///   - share: upper bound of the blend weight per pixel, of the picture's size; nil is 1 everywhere.
    /// - Throws: ``InvariantViolation`` if the result violates an invariant of ``EditInvariant``.
    public init(
        laying working: Image, into picture: Image, hole: Mask, plan: CropPlan, feather: Float,
        border: Border = .ground, share: Mask? = nil
    ) throws {
        try EditInvariant.check(made: working)
        guard let box = hole.boundingBox else {
            (self.picture, seam) = (picture, Retouch.noSeam)
            return
        }
        // Only the hole and the pixels next to it matter; the rest of the crop is context for the model.
        let inside = plan.inside
        let area = Retouch.border(of: box, within: inside)
        let before = picture.cropped(to: area)
        let part = hole.cropped(to: area).binarised
        let restored = plan.restored(working).cropped(
            to: PixelRectangle(
                left: area.left - inside.left, top: area.top - inside.top, right: area.right - inside.left,
                bottom: area.bottom - inside.top))
        let colours = before.channels < 3 ? restored.grey : restored.rgb
        let made: Image
        switch border {
        case .ground: made = Seam(of: part).matched(colours, to: before.colours)
        case .frame: made = Seam(of: part).matched(colours, to: before.colours, depths: part.depths)
        case .outline:
            made = Retouch.freed(colours, round: part, rim: Retouch.rim * plan.scale, before.colours)
        }
        let after = Retouch.blended(
            made, into: before, hole: part, feather: feather, share: share?.cropped(to: area))
        var whole = picture
        whole.paste(after, left: area.left, top: area.top)
        seam = try EditInvariant.check(after, against: before, hole: part, made: made) ?? Retouch.noSeam
        self.picture = whole
    }

    /// A bounding box grown by one pixel, clipped to the crop.
    private static func border(of box: PixelRectangle, within window: PixelRectangle) -> PixelRectangle {
        PixelRectangle(
            left: max(window.left, box.left - 1), top: max(window.top, box.top - 1),
            right: min(window.right, box.right + 1), bottom: min(window.bottom, box.bottom + 1))
    }

    /// How far a model's rendering of the object exceeds its outline, in working pixels.
    private static let rim: Float = 2

    /// The model's output in the hole with the rim round the object replaced by extrapolated background;
    /// unchanged outside.
    private static func freed(_ made: Image, round hole: Mask, rim: Float, _ before: Image) -> Image {
        let depths = hole.depths, c = made.channels
        let behind = HarmonicFill.fill(
            made.pixels.scalars, known: depths.map { $0 > rim }, width: made.width, height: made.height,
            channels: c)
        let isThin = !depths.contains { $0 > rim }
        var result = before
        made.pixels.withUnsafeBuffer { made in
            result.pixels.withUnsafeMutableBuffer { values in
                for k in values.indices where depths[k / c] > 0 { values[k] = isThin ? made[k] : behind[k] }
            }
        }
        return result
    }

    private static let noSeam = Seam.Steps(result: 0, before: 0, made: 0, excess: 0)

    /// `made` inside the hole, `before` outside, blended over the feather width inside the hole.
    private static func blended(
        _ made: Image, into before: Image, hole: Mask, feather: Float, share: Mask?
    ) -> Image {
        let depths = hole.depths, c = before.channels, colours = made.channels
        let limits = share?.values.scalars
        var result = before
        made.pixels.withUnsafeBuffer { made in
            result.pixels.withUnsafeMutableBuffer { values in
                for pixel in depths.indices where depths[pixel] > 0 {
                    // The outermost pixel of the hole has depth 1, so its blend weight is above 0.
                    let t = min(1, depths[pixel] / (feather + 1))
                    let share = t * t * (3 - 2 * t) * (limits?[pixel] ?? 1)
                    for k in 0..<colours {
                        let old = values[pixel * c + k]
                        values[pixel * c + k] = old + (made[pixel * colours + k] - old) * share
                    }
                }
            }
        }
        return result
    }
}
