// An image with its mask tinted and outlined, and prompts drawn over it.

import Arrays

/// A click to draw: green on the object, red on the background.
public struct ClickMark: Sendable, Hashable {
    /// Position in pixels, origin at the top left corner of the top left pixel.
    public var x: Float
    public var y: Float
    public var isObject: Bool

    public init(x: Float, y: Float, isObject: Bool) {
        self.x = x
        self.y = y
        self.isObject = isObject
    }
}

extension Image {
    /// The image, over grey where transparent, with `mask` tinted and outlined, boxes framed and clicks marked.
    ///
    /// Line widths scale with the image: the outline is about 1/300 of the longer side, a click 1/50.
    public func overlay(
        _ mask: Mask, clicks: [ClickMark] = [], boxes: [PixelRectangle] = [], tint: [Float] = [0.1, 0.55, 1]
    ) -> Image {
        overlay(mask, clicks: clicks, boxes: boxes, tint: tint, rows: 0..<height)
    }

    /// Some rows of the overlay, exactly as in the whole.
    package func overlay(
        _ mask: Mask, clicks: [ClickMark] = [], boxes: [PixelRectangle] = [], tint: [Float] = [0.1, 0.55, 1],
        rows: Range<Int>
    ) -> Image {
        precondition(
            mask.width == width && mask.height == height,
            "Image.overlay: mask \(mask.values.shape) on \(pixels.shape)")
        precondition(tint.count == 3, "Image.overlay: a tint of \(tint.count) values")
        var result = self.rows(rows).composited(over: [0.5, 0.5, 0.5])
        let longer = Float(max(width, height))
        let line = max(0.75, longer / 600)
        // An edge farther away than the line is wide is not seen.
        let reach = Int(line.rounded(.up)) + 2
        let near = max(0, rows.lowerBound - reach)..<min(height, rows.upperBound + reach)
        let (w, first) = (width, rows.lowerBound)
        let members = mask.values.withUnsafeBuffer { values in
            values[near.lowerBound * w..<near.upperBound * w].map { $0 > 0.5 }
        }
        // The distance to the other side of the edge is at least one pixel on both sides.
        let outward = squaredDistances(to: members, width: w, height: near.count)
        let inward = squaredDistances(to: members.map { !$0 }, width: w, height: near.count)
        mask.values.withUnsafeBuffer { mask in
            result.pixels.withUnsafeMutableBuffer { out in
                for pixel in 0..<w * rows.count {
                    let place = pixel + (first - near.lowerBound) * w
                    let share = 0.4 * max(0, min(1, mask[pixel + first * w]))
                    let distance = max(outward[place], inward[place]).squareRoot() - 0.5
                    let edge = max(0, min(1, line + 0.5 - distance))
                    for channel in 0..<3 {
                        let tinted = out[pixel * 3 + channel] * (1 - share) + tint[channel] * share
                        let color: Float = members[place] ? tint[channel] : 1
                        out[pixel * 3 + channel] = tinted * (1 - edge) + color * edge
                    }
                }
            }
        }
        for box in boxes {
            result.strokeBox(box, width: 2 * line, color: [1, 0.85, 0.1], first: first, of: height)
        }
        for click in clicks {
            let radius = max(3, longer / 100)
            result.fillDisc(
                x: click.x, y: click.y, radius: radius * 1.4, color: [1, 1, 1], first: first, of: height)
            let color: [Float] = click.isObject ? [0.1, 0.75, 0.2] : [0.9, 0.15, 0.15]
            result.fillDisc(x: click.x, y: click.y, radius: radius, color: color, first: first, of: height)
        }
        return result
    }

    /// Some rows, as an image.
    package func rows(_ rows: Range<Int>) -> Image {
        guard rows != 0..<height else { return self }
        return cropped(
            to: PixelRectangle(left: 0, top: rows.lowerBound, right: width, bottom: rows.upperBound))
    }

    // MARK: Helpers

    /// - Parameters:
    ///   - first: the row of the whole image that this image begins with.
    ///   - whole: rows of the whole image.
    private mutating func fillDisc(
        x: Float, y: Float, radius: Float, color: [Float], first: Int, of whole: Int
    ) {
        blend(
            PixelRectangle(around: x, y, radius + 1).clipped(width: width, height: whole), color, first: first
        ) { px, py in
            let (dx, dy) = (px - x, py - y)
            return radius + 0.5 - (dx * dx + dy * dy).squareRoot()
        }
    }

    private mutating func strokeBox(
        _ box: PixelRectangle, width line: Float, color: [Float], first: Int, of whole: Int
    ) {
        let margin = Int(line.rounded(.up)) + 1
        blend(box.expanded(by: margin).clipped(width: width, height: whole), color, first: first) { px, py in
            let outsideX = max(Float(box.left) - px, px - Float(box.right))
            let outsideY = max(Float(box.top) - py, py - Float(box.bottom))
            return line / 2 + 0.5 - abs(max(outsideX, outsideY))
        }
    }

    /// Blends `color` into a rectangle of the whole image, with the opacity `coverage` at each pixel's centre.
    private mutating func blend(
        _ rectangle: PixelRectangle, _ color: [Float], first: Int, _ coverage: (Float, Float) -> Float
    ) {
        let (w, rows) = (width, rectangle.rows.clamped(to: first..<first + height))
        pixels.withUnsafeMutableBuffer { out in
            for row in rows {
                for column in rectangle.columns {
                    let share = max(0, min(1, coverage(Float(column) + 0.5, Float(row) + 0.5)))
                    guard share > 0 else { continue }
                    for channel in 0..<3 {
                        let index = ((row - first) * w + column) * 3 + channel
                        out[index] = out[index] * (1 - share) + color[channel] * share
                    }
                }
            }
        }
    }
}

extension PixelRectangle {
    /// The pixels within `radius` of a point.
    fileprivate init(around x: Float, _ y: Float, _ radius: Float) {
        // Far clicks would overflow an integer; they are not visible anyway.
        func whole(_ value: Float) -> Int { Int(max(-1e6, min(1e6, value))) }
        self.init(
            left: whole((x - radius).rounded(.down)), top: whole((y - radius).rounded(.down)),
            right: whole((x + radius).rounded(.up)), bottom: whole((y + radius).rounded(.up)))
    }
}
