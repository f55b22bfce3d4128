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
            /// Pictures of about the area of a square of this side, at most `aspect` times as long as wide or as wide as long:
            /// squares, as models of latent diffusion were trained on, unless the picture is too narrow for one.
            case area(side: Int, aspect: Float)
            /// Any size, for models that see far only relative to what they were trained on: the picture is made smaller
            /// until the hole is at most this thick, in pixels.
            case free(thickness: Int)
        }

        public var size: Size
        /// Both sides of what the model gets are multiples of this.
        public var multiple: Int
        /// Known surroundings on each side of the hole: in sides of the hole's box for `area`, in thicknesses of the hole for
        /// `free`.
        public var context: Float

        public init(size: Size, multiple: Int, context: Float) {
            if case .area(let side, let aspect) = size {
                precondition(
                    side % multiple == 0 && aspect >= 1,
                    "CropPlan: side \(side) in multiples of \(multiple), aspect \(aspect)")
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
        case .area(let side, let aspect):
            let grown = 1 + 2 * needs.context
            // Context gives way before the window hangs over: a reflection tells a model less than nothing.
            func shown(_ count: Int, _ limit: Int) -> Float {
                min(Float(count) * grown, Float(max(count, limit)))
            }
            var (w, h) = (shown(box.width, width), shown(box.height, height))
            // The models know squares best: the shorter side is given more, as far as the picture reaches.
            (w, h) = (max(w, min(h, Float(width))), max(h, min(w, Float(height))))
            (w, h) = (max(w, h / aspect), max(h, w / aspect))
            let cells = Float(side / needs.multiple), stretch = (w / h).squareRoot()
            func working(_ factor: Float) -> Int { max(1, Int((cells * factor).rounded())) * needs.multiple }
            (workingWidth, workingHeight) = (working(stretch), working(1 / stretch))
            // One scale for both sides, so that nothing is squeezed.
            let scale = max(w / Float(workingWidth), h / Float(workingHeight))
            func span(_ range: Range<Int>, _ working: Int, _ limit: Int) -> Range<Int> {
                CropPlan.span(range, max(range.count, Int((Float(working) * scale).rounded())), within: limit)
            }
            window = PixelRectangle(
                columns: span(box.columns, workingWidth, width), rows: span(box.rows, workingHeight, height))
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

    /// A plan that shows a whole picture as it is.
    public init(wholeWidth width: Int, height: Int) {
        self.init(
            width: width, height: height,
            window: PixelRectangle(left: 0, top: 0, right: width, bottom: height), workingWidth: width,
            workingHeight: height)
    }

    /// Photograph pixels per working pixel.
    public var scale: Float { Float(window.width) / Float(workingWidth) }

    /// The part of the window that lies in the picture.
    public var inside: PixelRectangle { window.clipped(width: width, height: height) }

    /// What the model gets of a picture: opaque RGB, transparency over white.
    /// - Parameter hole: if given, what lies in it is replaced by a smooth continuation of what lies round it, so that its
    ///   colours cannot bleed out of the hole where the picture is made smaller.
    public func shown(_ picture: Image, bridging hole: Mask? = nil) -> Image {
        checkSize(picture.width, picture.height)
        var part = picture.window(window, beyond: .reflect).seen
        if let hole { part = part.bridged(over: cut(hole)) }
        return part.resized(width: workingWidth, height: workingHeight, filter: .bicubic)
    }

    /// What the model gets of the hole: hard, and inside wherever any of its pixels is, so that nothing of the hole shows
    /// through; what hangs over the picture is hole where its reflection is.
    public func shown(_ hole: Mask) -> Mask {
        cut(hole).touching(width: workingWidth, height: workingHeight)
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

    /// The same window as a part of a larger picture, of which this plan's picture is the part from (left, top) on.
    public func placed(left: Int, top: Int, width: Int, height: Int) -> CropPlan {
        precondition(
            left >= 0 && top >= 0 && left + self.width <= width && top + self.height <= height,
            "CropPlan.placed: \(self.width)×\(self.height) at \(left), \(top) in \(width)×\(height)")
        return CropPlan(
            width: width, height: height,
            window: PixelRectangle(
                left: window.left + left, top: window.top + top, right: window.right + left,
                bottom: window.bottom + top), workingWidth: workingWidth, workingHeight: workingHeight)
    }

    // MARK: Helpers

    private init(width: Int, height: Int, window: PixelRectangle, workingWidth: Int, workingHeight: Int) {
        (self.width, self.height, self.window) = (width, height, window)
        (self.workingWidth, self.workingHeight) = (workingWidth, workingHeight)
    }

    private func cut(_ hole: Mask) -> Mask {
        checkSize(hole.width, hole.height)
        let part = hole.image.window(window, beyond: .reflect)
        return Mask(part.pixels.reshaped([window.height, window.width])).hardened
    }

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
