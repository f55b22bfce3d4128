// Soft masks.

public import Arrays

/// A mask over an image: `[height, width]` values in [0, 1], above one half is inside.
public struct Mask: Sendable {
    /// The values, `[height, width]`.
    public var values: NDArray

    /// Wraps values.
    /// - Precondition: the shape is `[height, width]` and neither side is zero.
    public init(_ values: NDArray) {
        precondition(
            values.rank == 2 && values.count > 0, "Mask: shape \(values.shape) is not [height, width]")
        self.values = values
    }

    /// A constant mask.
    public init(width: Int, height: Int, value: Float) {
        self.init(.full(value, [height, width]))
    }

    /// A mask that is 1 where `inside` holds; row by row from the top.
    /// - Precondition: there are `width * height` entries.
    public init(width: Int, height: Int, inside: [Bool]) {
        precondition(inside.count == width * height, "Mask: \(inside.count) entries for \(width)×\(height)")
        self.init(
            NDArray(shape: [height, width]) { buffer in
                for index in 0..<buffer.count { buffer[index] = inside[index] ? 1 : 0 }
            })
    }

    /// A mask from a picture: its opacity where that varies, else its luma.
    ///
    /// Where the colours are black and white alone, and both, they are the mask, and transparent pixels are outside.
    public init(_ image: Image) {
        let luma = image.grey.pixels.reshaped([image.height, image.width])
        guard image.hasAlpha else {
            self.init(luma)
            return
        }
        let alpha = image.alpha
        let varies = alpha.withUnsafeBuffer { values in values.contains { $0 != values[0] } }
        guard varies else {
            self.init(luma)
            return
        }
        self.init(image.isBlackAndWhite ? Mask(luma).intersection(Mask(alpha)).values : alpha)
    }

    /// Reads a mask from a PNG or JPEG; see `MaskFile`.
    /// - Throws: `ImageError` when the file cannot be read.
    public static func load(_ path: String) throws -> Mask { try MaskFile(path: path).mask }

    public var height: Int { values.shape[0] }
    public var width: Int { values.shape[1] }

    /// The mask as a grey image.
    public var image: Image { Image(values.reshaped([height, width, 1])) }

    /// Writes the mask as a grey PNG, atomically.
    /// - Throws: `ImageError` when the file cannot be written.
    public func savePNG(_ path: String) throws { try image.savePNG(path) }

    /// Whether each pixel is inside, row by row.
    public var inside: [Bool] { values.withUnsafeBuffer { $0.map { $0 > 0.5 } } }

    /// Number of pixels inside.
    public var area: Int { values.withUnsafeBuffer { $0.reduce(0) { $0 + ($1 > 0.5 ? 1 : 0) } } }

    /// The smallest rectangle that contains all pixels inside; nil if there are none.
    public var boundingBox: PixelRectangle? {
        values.withUnsafeBuffer { values in
            var (left, top, right, bottom) = (width, height, -1, -1)
            for y in 0..<height {
                for x in 0..<width where values[y * width + x] > 0.5 {
                    left = min(left, x)
                    right = max(right, x)
                    top = min(top, y)
                    bottom = y
                }
            }
            return right < 0
                ? nil : PixelRectangle(left: left, top: top, right: right + 1, bottom: bottom + 1)
        }
    }

    /// The complement of the mask.
    public var inverted: Mask { mapped { 1 - $0 } }

    /// The mask with 1 inside and 0 outside.
    public var binarised: Mask { mapped { $0 > 0.5 ? 1 : 0 } }

    /// The union of both masks.
    public func union(_ other: Mask) -> Mask { combined(other) { max($0, $1) } }

    /// The intersection of both masks.
    public func intersection(_ other: Mask) -> Mask { combined(other) { min($0, $1) } }

    /// This mask minus the other.
    public func subtracting(_ other: Mask) -> Mask { combined(other) { min($0, 1 - $1) } }

    /// Intersection over union; 1 if both are empty.
    public func intersectionOverUnion(_ other: Mask) -> Float {
        Float(PictureScores.intersectionOverUnion(values, other.values))
    }

    /// The mask at another size.
    public func resized(width: Int, height: Int, filter: ResampleFilter = .bilinear) -> Mask {
        Mask(image.resized(width: width, height: height, filter: filter).pixels.reshaped([height, width]))
    }

    // MARK: Helpers

    func mapped(_ body: (Float) -> Float) -> Mask {
        Mask(
            values.withUnsafeBuffer { values in
                NDArray(shape: [height, width]) { out in
                    for index in 0..<values.count { out[index] = body(values[index]) }
                }
            })
    }

    private func combined(_ other: Mask, _ body: (Float, Float) -> Float) -> Mask {
        precondition(
            values.shape == other.values.shape,
            "Mask: shapes \(values.shape) and \(other.values.shape) differ")
        return Mask(
            values.withUnsafeBuffer { a in
                other.values.withUnsafeBuffer { b in
                    NDArray(shape: [height, width]) { out in
                        for index in 0..<a.count { out[index] = body(a[index], b[index]) }
                    }
                }
            })
    }
}

extension Image {
    /// Whether the pixels that are not transparent are black or white, nearly all of them, and each a hundredth at least.
    fileprivate var isBlackAndWhite: Bool {
        let (c, colours) = (channels, hasAlpha ? channels - 1 : channels)
        return pixels.withUnsafeBuffer { values in
            var (black, white, other) = (0, 0, 0)
            for start in stride(from: 0, to: values.count, by: c)
            where values[start + c - 1] > 0.5 || !hasAlpha {
                let pixel = values[start..<start + colours]
                if pixel.allSatisfy({ $0 < 0.03 }) {
                    black += 1
                } else if pixel.allSatisfy({ $0 > 0.97 }) {
                    white += 1
                } else {
                    other += 1
                }
            }
            let all = black + white + other
            return 100 * other <= 2 * all && 100 * black >= all && 100 * white >= all
        }
    }
}
