// Laying what a model made into a hole of a picture.

import Arrays
public import Images

/// A finished edit of one hole.
public struct Retouch: Sendable {
    /// What the border of a hole is in the finished picture.
    public enum Border: Sendable, Hashable {
        /// What lies outside goes on inside: colours are matched all over the hole.
        case ground
        /// What lies outside goes on round something new: colours are matched near the border alone, for what is in the
        /// middle has colours of its own.
        case frame
        /// What lies outside ends here: the model's picture keeps its colours, and what it made of the thing itself, seen as
        /// a rim where the working size is small, gives way to what lies behind.
        case outline
    }

    /// The picture with the hole filled; shape and alpha as before.
    public let picture: Image
    /// The steps at the border of the hole.
    public let seam: Seam.Steps

    /// Lays a model's picture into the hole of a picture.
    ///
    /// Colours are matched at the border, and over the first `feather` pixels inside the hole the picture goes over into the
    /// model's. Everything outside of the hole stays bit for bit.
    /// - Parameters:
    ///   - working: what the model made, at the plan's working size.
    ///   - picture: any channels; grey stays grey, alpha stays as it is.
    ///   - hole: what may change.
    ///   - feather: width of the passage in pixels; less where the hole is thin.
    ///   - border: how the model's picture meets the other.
    ///   - share: of the picture's size, how much of the model's may show at most; nil shows all of it.
    /// - Throws: ``BrokenPromise`` if the result does not keep what ``Promise`` says.
    public init(
        laying working: Image, into picture: Image, hole: Mask, plan: CropPlan, feather: Float,
        border: Border = .ground, share: Mask? = nil
    ) throws {
        try Promise.check(made: working)
        guard let box = hole.boundingBox else {
            (self.picture, seam) = (picture, Retouch.noSeam)
            return
        }
        // The hole and the pixels beside it are all that has a say; the rest of the window was for the model.
        let inside = plan.inside
        let area = Retouch.border(of: box, within: inside)
        let before = picture.cropped(to: area)
        let part = hole.cropped(to: area).hardened
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
        seam = try Promise.check(after, against: before, hole: part, made: made) ?? Retouch.noSeam
        self.picture = whole
    }

    /// A box and the pixels round it, as far as the window reaches.
    private static func border(of box: PixelRectangle, within window: PixelRectangle) -> PixelRectangle {
        PixelRectangle(
            left: max(window.left, box.left - 1), top: max(window.top, box.top - 1),
            right: min(window.right, box.right + 1), bottom: min(window.bottom, box.bottom + 1))
    }

    /// How far what a model made of a thing reaches beyond its outline, in working pixels.
    private static let rim: Float = 2

    /// The model's picture in the hole without the rim round what stays, and what stays as it is.
    private static func freed(_ made: Image, round hole: Mask, rim: Float, _ before: Image) -> Image {
        let depths = hole.depths, c = made.channels
        let behind = Membrane.fill(
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

    /// `made` inside the hole, `before` outside, with a passage inside the hole.
    private static func blended(
        _ made: Image, into before: Image, hole: Mask, feather: Float, share: Mask?
    ) -> Image {
        let depths = hole.depths, c = before.channels, colours = made.channels
        let limits = share?.values.scalars
        var result = before
        made.pixels.withUnsafeBuffer { made in
            result.pixels.withUnsafeMutableBuffer { values in
                for pixel in depths.indices where depths[pixel] > 0 {
                    // The outermost pixel of the hole has depth 1 and already takes a part of the model's.
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
