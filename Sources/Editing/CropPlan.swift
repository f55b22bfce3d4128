// Which part of a picture a model is shown, and at what size: one planner for every edit.

import Arrays
public import Images

/// A window of a picture round a hole, and the size at which a model works on it.
///
/// The window is moved inwards at the picture's edges; where the picture is too small for it, it hangs over and the
/// overhang is filled by reflection. Whatever comes back from the model is laid back over the hole alone, so nothing
/// here can reach a pixel outside of it.
public struct CropPlan: Sendable, Hashable {
    /// What a model wants of the pictures that it is given.
    public struct Needs: Sendable, Hashable {
        public enum Size: Sendable, Hashable {
            /// Squares of this side, as models of latent diffusion were trained on.
            case square(side: Int)
            /// Any size, for models that see far only relative to what they were trained on: the picture is made smaller
            /// until the hole is at most this thick, in pixels.
            case free(thickness: Int)
        }

        public var size: Size
        /// Both sides of what the model gets are multiples of this.
        public var multiple: Int
        /// Known surroundings on each side of the hole: in sides of the hole's box for squares, else in
        /// thicknesses of the hole.
        public var context: Float

        public init(size: Size, multiple: Int, context: Float) {
            if case .square(let side) = size {
                precondition(
                    side % multiple == 0, "CropPlan: a side of \(side) is no multiple of \(multiple)")
            }
            precondition(multiple > 0 && context >= 0, "CropPlan: multiple \(multiple), context \(context)")
            (self.size, self.multiple, self.context) = (size, multiple, context)
        }
    }

    /// Size of the whole picture.
    public let width: Int
    public let height: Int
    /// The part that is shown; it may hang over the picture's edges.
    public let window: PixelRectangle
    /// Size of what the model gets.
    public let workingWidth: Int
    public let workingHeight: Int

    /// Plans for a hole.
    /// - Parameter hole: inside where pixels are to be made up.
    /// - Returns: nil if the hole is empty.
    public init?(hole: Mask, needs: Needs) {
        guard let box = hole.boundingBox else { return nil }
        (width, height) = (hole.width, hole.height)
        switch needs.size {
        case .square(let side):
            let shown = max(1, (Float(max(box.width, box.height)) * (1 + 2 * needs.context)).rounded(.up))
            window = PixelRectangle(
                columns: CropPlan.span(box.columns, Int(shown), within: width),
                rows: CropPlan.span(box.rows, Int(shown), within: height))
            (workingWidth, workingHeight) = (side, side)
        case .free(let most):
            let thickness = hole.thickness
            let scale = min(1, Float(most) / thickness)
            let margin = 2 * needs.context * min(thickness, Float(max(box.width, box.height)))
            func plan(_ range: Range<Int>, _ limit: Int) -> (window: Range<Int>, working: Int) {
                let shown = min(Float(range.count) + max(margin, 2 * Float(needs.multiple)), Float(limit))
                let cells = max(1, (shown * scale / Float(needs.multiple)).rounded(.up))
                let working = Int(cells) * needs.multiple
                let stored = max(range.count, Int((Float(working) / scale).rounded()))
                return (CropPlan.span(range, stored, within: limit), working)
            }
            let (x, y) = (plan(box.columns, width), plan(box.rows, height))
            window = PixelRectangle(columns: x.window, rows: y.window)
            (workingWidth, workingHeight) = (x.working, y.working)
        }
    }

    /// Photograph pixels per working pixel.
    public var scale: Float { Float(window.width) / Float(workingWidth) }

    /// The part of the window that lies in the picture.
    public var inside: PixelRectangle { window.clipped(width: width, height: height) }

    /// What the model gets of a picture.
    public func shown(_ picture: Image) -> Image {
        checkSize(picture.width, picture.height)
        return picture.window(window, beyond: .reflect)
            .resized(width: workingWidth, height: workingHeight, filter: .bicubic)
    }

    /// What the model gets of the hole: hard, and inside wherever any of its pixels is, so that nothing of the hole shows
    /// through; what hangs over the picture is hole where its reflection is.
    public func shown(_ hole: Mask) -> Mask {
        checkSize(hole.width, hole.height)
        let cut = Mask(
            hole.hardened.image.window(window, beyond: .reflect).pixels.reshaped([
                window.height, window.width,
            ]))
        return cut.touching(width: workingWidth, height: workingHeight)
    }

    /// A working picture brought back to the picture's scale: the pixels of ``inside``.
    public func restored(_ working: Image) -> Image {
        precondition(
            working.width == workingWidth && working.height == workingHeight,
            "CropPlan: \(working.width)×\(working.height) where \(workingWidth)×\(workingHeight) was planned")
        let whole = working.resized(width: window.width, height: window.height, filter: .bicubic)
        let part = inside
        return whole.cropped(
            to: PixelRectangle(
                left: part.left - window.left, top: part.top - window.top, right: part.right - window.left,
                bottom: part.bottom - window.top))
    }

    // MARK: Helpers

    /// `count` places round the middle of a range, moved into `0..<limit` where they fit and else evenly over it.
    private static func span(_ range: Range<Int>, _ count: Int, within limit: Int) -> Range<Int> {
        let start =
            count >= limit
            ? (limit - count) / 2
            : max(0, min(limit - count, (range.lowerBound + range.upperBound - count) / 2))
        return start..<(start + count)
    }

    private func checkSize(_ w: Int, _ h: Int) {
        precondition(
            w == width && h == height, "CropPlan: \(w)×\(h) where the plan is for \(width)×\(height)")
    }
}

extension PixelRectangle {
    fileprivate init(columns: Range<Int>, rows: Range<Int>) {
        self.init(
            left: columns.lowerBound, top: rows.lowerBound, right: columns.upperBound, bottom: rows.upperBound
        )
    }
}
