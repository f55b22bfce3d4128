// Rectangles of pixels.

/// A half-open rectangle of pixels, origin at the top left.
public struct PixelRectangle: Sendable, Hashable, Codable {
    /// First column.
    public var left: Int
    /// First row.
    public var top: Int
    /// Column after the last.
    public var right: Int
    /// Row after the last.
    public var bottom: Int

    /// Creates the rectangle `left..<right`, `top..<bottom`.
    /// - Precondition: no side is negative.
    public init(left: Int, top: Int, right: Int, bottom: Int) {
        precondition(
            left <= right && top <= bottom, "PixelRectangle: sides \(left)…\(right), \(top)…\(bottom)")
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    public var width: Int { right - left }
    public var height: Int { bottom - top }
    public var columns: Range<Int> { left..<right }
    public var rows: Range<Int> { top..<bottom }

    /// The part that lies inside a picture of `width` by `height` pixels.
    public func clipped(width: Int, height: Int) -> PixelRectangle {
        func clip(_ value: Int, _ limit: Int) -> Int { max(0, min(limit, value)) }
        return PixelRectangle(
            left: clip(left, width), top: clip(top, height), right: clip(right, width),
            bottom: clip(bottom, height))
    }

    /// The rectangle with `margin` pixels more on every side; it may leave the picture.
    public func expanded(by margin: Int) -> PixelRectangle {
        let (x, y) = (max(margin, -width / 2), max(margin, -height / 2))
        return PixelRectangle(left: left - x, top: top - y, right: right + x, bottom: bottom + y)
    }
}
