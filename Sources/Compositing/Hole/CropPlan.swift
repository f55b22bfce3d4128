// Chooses the crop round a hole and its working size, for every edit.

import Arrays
public import Images

/// A crop of a picture round a hole, and the size at which a model works on it.
///
/// The crop is shifted to lie inside the picture; where the picture is too small, it overhangs and the
/// overhang is filled by reflection. Only the hole is pasted back, so pixels outside the hole cannot change.
public struct CropPlan: Sendable, Hashable {
    /// The input sizes that a model supports.
    public struct Needs: Sendable, Hashable {
        /// How large the input may be.
        public enum Size: Sendable, Hashable {
            /// About the area of a square with this side in pixels, with an aspect ratio of at most `aspect`;
            /// square where the picture allows, as latent diffusion models were trained.
            case area(side: Int, aspect: Float)
            /// Any size; the picture is minified until the hole's thickness is at most this many pixels, for
            /// models whose receptive field is limited.
            case free(thickness: Int)
        }

        /// How large the input may be.
        public var size: Size
        /// Both sides of the input are multiples of this, in pixels.
        public var multiple: Int
        /// Context on each side of the hole: in sides of the hole's bounding box for `area`, in thicknesses
        /// of the hole for `free`.
        public var context: Float

        /// See the properties.
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

    /// Width of the whole picture, pixels.
    public let width: Int
    /// Height of the whole picture, pixels.
    public let height: Int
    /// The crop in pixels of the picture; may overhang its edges.
    public let window: PixelRectangle
    /// Width of the model's input, pixels.
    public let workingWidth: Int
    /// Height of the model's input, pixels.
    public let workingHeight: Int

    /// Plans the crop for a hole.
    /// - Parameters:
    ///   - hole: the pixels to be inpainted.
    ///   - needs: what the model supports.
    /// - Returns: nil if the hole is empty.
    public init?(hole: Mask, needs: Needs) {
        guard let box = hole.boundingBox else { return nil }
        (width, height) = (hole.width, hole.height)
        switch needs.size {
        case .area(let side, let aspect):
            let grown = 1 + 2 * needs.context
            // Reduce the context before overhanging: reflected context is worse than none.
            func shown(_ count: Int, _ limit: Int) -> Float {
                min(Float(count) * grown, Float(max(count, limit)))
            }
            var (w, h) = (shown(box.width, width), shown(box.height, height))
            // The shorter side is extended towards a square as far as the picture reaches.
            (w, h) = (max(w, min(h, Float(width))), max(h, min(w, Float(height))))
            (w, h) = (max(w, h / aspect), max(h, w / aspect))
            let cells = Float(side / needs.multiple), stretch = (w / h).squareRoot()
            func working(_ factor: Float) -> Int { max(1, Int((cells * factor).rounded())) * needs.multiple }
            (workingWidth, workingHeight) = (working(stretch), working(1 / stretch))
            // One scale for both sides, so the aspect ratio is kept.
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

    /// The identity plan: the whole picture at its own size.
    public init(wholeWidth width: Int, height: Int) {
        self.init(
            width: width, height: height,
            window: PixelRectangle(left: 0, top: 0, right: width, bottom: height), workingWidth: width,
            workingHeight: height)
    }

    /// Photograph pixels per working pixel.
    public var scale: Float { Float(window.width) / Float(workingWidth) }

    /// The crop clipped to the picture.
    public var inside: PixelRectangle { window.clipped(width: width, height: height) }

    /// The model's input: opaque RGB, transparency composited over white.
    /// - Parameters:
    ///   - picture: of the plan's size.
    ///   - hole: if given, its pixels are replaced by a harmonic interpolation of the surroundings first, so
    ///     that its colours do not bleed out when minified.
    public func shown(_ picture: Image, bridging hole: Mask? = nil) -> Image {
        checkSize(picture.width, picture.height)
        var part = picture.window(window, beyond: .reflect).seen
        if let hole { part = part.bridged(over: cut(hole)) }
        return part.resized(width: workingWidth, height: workingHeight, filter: .bicubic)
    }

    /// The hole at the working size: binary, set wherever any pixel of the hole falls; the overhang reflects
    /// the hole too.
    public func shown(_ hole: Mask) -> Mask {
        cut(hole).touching(width: workingWidth, height: workingHeight)
    }

    /// The model's output resampled to the picture's scale: the pixels of ``inside``.
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

    /// The same crop as part of a larger picture, in which this plan's picture starts at (left, top).
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
        return Mask(part.pixels.reshaped([window.height, window.width])).binarised
    }

    /// `count` places centred on a range, shifted into `0..<limit` where they fit, centred on that otherwise.
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
