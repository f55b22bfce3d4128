// Rectangles in images.

/// A half-open rectangle, origin at the top left.
public struct Rectangle<Scalar: Comparable & SignedNumeric & Sendable>: Sendable {
    /// The left edge, or first column.
    public var left: Scalar
    /// The upper edge, or first row.
    public var top: Scalar
    /// The right edge, or the column after the last.
    public var right: Scalar
    /// The lower edge, or the row after the last.
    public var bottom: Scalar

    /// Creates the rectangle `left..<right`, `top..<bottom`; not validated, because users supply boxes.
    @inlinable
    public init(left: Scalar, top: Scalar, right: Scalar, bottom: Scalar) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    @inlinable public var width: Scalar { right - left }
    @inlinable public var height: Scalar { bottom - top }
}

extension Rectangle: Equatable, Hashable where Scalar: Hashable {}
extension Rectangle: Codable where Scalar: Codable {}

/// A rectangle of whole pixels.
public typealias PixelRectangle = Rectangle<Int>

extension Rectangle where Scalar == Int {
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

    public var columns: Range<Int> { left..<right }
    public var rows: Range<Int> { top..<bottom }

    /// The part inside an image of `width` by `height` pixels.
    public func clipped(width: Int, height: Int) -> PixelRectangle {
        func clip(_ value: Int, _ limit: Int) -> Int { max(0, min(limit, value)) }
        return PixelRectangle(
            left: clip(left, width), top: clip(top, height), right: clip(right, width),
            bottom: clip(bottom, height))
    }

    /// The rectangle enlarged by `margin` pixels on every side; it may extend beyond the image.
    public func expanded(by margin: Int) -> PixelRectangle {
        let (x, y) = (max(margin, -width / 2), max(margin, -height / 2))
        return PixelRectangle(left: left - x, top: top - y, right: right + x, bottom: bottom + y)
    }
}
