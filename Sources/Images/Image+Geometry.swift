// Cropping, padding and mirroring of images.

import Arrays

/// Extrapolation beyond the edge of an image.
public enum EdgeMode: Sendable, Equatable {
    /// A constant: one value per channel, or one for all.
    case constant([Float])
    /// The nearest edge pixel.
    case nearest
    /// Reflection about the edge pixel, which is not repeated.
    case reflect
}

extension Image {
    /// The part inside a rectangle.
    /// - Precondition: the rectangle is not empty and lies inside the image.
    public func cropped(to rectangle: PixelRectangle) -> Image {
        precondition(
            rectangle.clipped(width: width, height: height) == rectangle
                && rectangle.width * rectangle.height > 0,
            "Image.cropped: \(rectangle) of \(width)×\(height)")
        return window(rectangle, beyond: .nearest)
    }

    /// The image with a margin.
    /// - Precondition: no margin is negative.
    public func padded(
        left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0, mode: EdgeMode = .constant([0])
    ) -> Image {
        precondition(min(left, top, right, bottom) >= 0, "Image.padded: \(left), \(top), \(right), \(bottom)")
        return window(
            PixelRectangle(left: -left, top: -top, right: width + right, bottom: height + bottom),
            beyond: mode)
    }

    /// Any rectangle of the image plane.
    /// - Precondition: the rectangle is not empty.
    public func window(_ rectangle: PixelRectangle, beyond mode: EdgeMode) -> Image {
        precondition(rectangle.width > 0 && rectangle.height > 0, "Image.window: \(rectangle) is empty")
        var fill = [Float](repeating: 0, count: channels)
        if case .constant(let values) = mode {
            precondition(
                values.count == 1 || values.count == channels, "Image.window: \(values.count) fill values")
            fill = (0..<channels).map { values[values.count == 1 ? 0 : $0] }
        }
        let columns = rectangle.columns.map { mode.index($0, width) }
        let rows = rectangle.rows.map { mode.index($0, height) }
        let (w, c) = (width, channels)
        return Image(
            pixels.withUnsafeBuffer { source in
                NDArray(shape: [rows.count, columns.count, c]) { out in
                    var position = 0
                    for row in rows {
                        for column in columns {
                            for channel in 0..<c {
                                out[position] =
                                    if let row, let column {
                                        source[(row * w + column) * c + channel]
                                    } else {
                                        fill[channel]
                                    }
                                position += 1
                            }
                        }
                    }
                }
            })
    }

    /// The image mirrored horizontally.
    public var mirrored: Image { window(bounds, through: { (width - 1 - $0, $1) }) }

    private func window(_ bounds: PixelRectangle, through map: (Int, Int) -> (Int, Int)) -> Image {
        let (w, c) = (width, channels)
        return Image(
            pixels.withUnsafeBuffer { source in
                NDArray(shape: [bounds.height, bounds.width, c]) { out in
                    for y in 0..<bounds.height {
                        for x in 0..<bounds.width {
                            let (sx, sy) = map(x, y)
                            for channel in 0..<c {
                                out[(y * bounds.width + x) * c + channel] =
                                    source[(sy * w + sx) * c + channel]
                            }
                        }
                    }
                }
            })
    }
}

extension EdgeMode {
    /// The index inside `0..<count` that `index` maps to; nil for a constant.
    func index(_ index: Int, _ count: Int) -> Int? {
        if (0..<count).contains(index) { return index }
        switch self {
        case .constant: return nil
        case .nearest: return max(0, min(count - 1, index))
        case .reflect:
            guard count > 1 else { return 0 }
            let period = 2 * (count - 1)
            let folded = ((index % period) + period) % period
            return folded < count ? folded : period - folded
        }
    }
}
