// An image in memory: sRGB values with straight alpha.

public import Arrays

/// An image: `[height, width, channels]` sRGB values in [0, 1], straight alpha, origin at the top left.
///
/// Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
public struct Image: Sendable {
    /// The values, `[height, width, channels]`.
    public var pixels: NDArray

    /// Wraps values.
    /// - Precondition: the shape is `[height, width, 1…4]` and neither side is zero.
    public init(_ pixels: NDArray) {
        precondition(
            pixels.rank == 3 && (1...4).contains(pixels.shape[2]) && pixels.count > 0,
            "Image: shape \(pixels.shape) is not [height, width, 1…4]")
        self.pixels = pixels
    }

    /// An image of one colour.
    /// - Parameter color: one value in [0, 1] per channel.
    public init(width: Int, height: Int, color: [Float]) {
        self.init(
            NDArray(shape: [height, width, color.count]) { buffer in
                for index in buffer.indices { buffer[index] = color[index % color.count] }
            })
    }

    /// An image from 8-bit samples, interleaved, rows from the top.
    /// - Precondition: there are `width * height * channels` bytes.
    public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
        precondition(
            bytes.count == width * height * channels,
            "Image: \(bytes.count) bytes for \(width)×\(height)×\(channels)")
        self.init(
            NDArray(shape: [height, width, channels]) { buffer in
                for index in 0..<buffer.count { buffer[index] = Float(bytes[index]) / 255 }
            })
    }

    public var height: Int { pixels.shape[0] }
    public var width: Int { pixels.shape[1] }
    public var channels: Int { pixels.shape[2] }
    /// Whether the last channel is opacity.
    public var hasAlpha: Bool { channels == 2 || channels == 4 }
    /// The rectangle of all pixels.
    public var bounds: PixelRectangle { PixelRectangle(left: 0, top: 0, right: width, bottom: height) }

    /// The samples rounded to 8 bits, interleaved, rows from the top; values outside [0, 1] and NaN are clamped.
    public var bytes: [UInt8] {
        pixels.withUnsafeBuffer { values in
            [UInt8](unsafeUninitializedCapacity: values.count) { buffer, count in
                for index in 0..<values.count {
                    buffer[index] = UInt8(truncatingIfNeeded: quantized(values[index], 255))
                }
                count = values.count
            }
        }
    }

    /// The samples rounded to 16 bits.
    package var words: [UInt16] {
        pixels.withUnsafeBuffer { values in
            [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
                for index in 0..<values.count {
                    buffer[index] = UInt16(truncatingIfNeeded: quantized(values[index], 65535))
                }
                count = values.count
            }
        }
    }

    /// The image as RGB; grey is replicated, alpha dropped.
    public var rgb: Image { converted(3) }
    /// The image as RGBA; grey is replicated, missing alpha is 1.
    public var rgba: Image { converted(4) }

    /// The luma of each pixel, one channel: 0.299 R + 0.587 G + 0.114 B of the sRGB values (ITU-R BT.601).
    public var grey: Image {
        guard channels > 2 else { return converted(1) }
        return mapPixels(channels: 1) { source, target in
            target[0] = 0.299 * source[0] + 0.587 * source[1] + 0.114 * source[2]
        }
    }

    /// The opacity, `[height, width]`; 1 everywhere for an image without alpha.
    public var alpha: NDArray {
        guard hasAlpha else { return .full(1, [height, width]) }
        return channel(channels - 1)
    }

    /// One channel, `[height, width]`.
    package func channel(_ index: Int) -> NDArray {
        precondition((0..<channels).contains(index), "Image: channel \(index) of \(channels)")
        let step = channels
        return pixels.withUnsafeBuffer { values in
            NDArray(shape: [height, width]) { buffer in
                for pixel in 0..<buffer.count { buffer[pixel] = values[pixel * step + index] }
            }
        }
    }

    /// The image with its opacity replaced; `alpha` is `[height, width]`.
    public func withAlpha(_ alpha: NDArray) -> Image {
        precondition(alpha.shape == [height, width], "Image.withAlpha: \(alpha.shape) for \(pixels.shape)")
        var result = rgba
        alpha.withUnsafeBuffer { alpha in
            result.pixels.withUnsafeMutableBuffer { buffer in
                for pixel in 0..<alpha.count { buffer[pixel * 4 + 3] = alpha[pixel] }
            }
        }
        return result
    }

    // MARK: Helpers

    private func converted(_ target: Int) -> Image {
        guard target != channels else { return self }
        let isGrey = channels < 3
        let alphaChannel = hasAlpha ? channels - 1 : nil
        return mapPixels(channels: target) { source, pixel in
            pixel[0] = source[0]
            if target >= 3 {
                pixel[1] = source[isGrey ? 0 : 1]
                pixel[2] = source[isGrey ? 0 : 2]
            }
            if target == 4 { pixel[3] = alphaChannel.map { source[$0] } ?? 1 }
        }
    }

    /// Computes each pixel of a new image from the same pixel of this one, in parallel over rows.
    func mapPixels(
        channels count: Int,
        _ body: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> Image {
        let (h, w, c) = (height, width, channels)
        return Image(
            pixels.withUnsafeBuffer { source in
                NDArray(shape: [h, w, count]) { buffer in
                    guard let first = source.baseAddress, let target = buffer.baseAddress else { return }
                    // Each row is written by one chunk only.
                    nonisolated(unsafe) let (input, output) = (first, target)
                    parallelFor(h, chunk: rowChunk(w * max(c, count))) { rows in
                        for pixel in rows.lowerBound * w..<rows.upperBound * w {
                            body(input + pixel * c, output + pixel * count)
                        }
                    }
                }
            })
    }
}

/// `value` in [0, 1] scaled to 0…`scale` (below 2²³) and rounded, without branches or traps.
@inline(__always)
func quantized(_ value: Float, _ scale: Float) -> UInt32 {
    // NaN fails the first comparison and becomes 0. Adding 2²³ leaves the rounded integer in the low bits.
    let clamped = value > 0 ? (value < 1 ? value : 1) : 0
    return (clamped * scale + 0x1p23).bitPattern & 0x7F_FFFF
}

/// Rows per parallel chunk for about 64 thousand values; depends on the size only.
func rowChunk(_ valuesPerRow: Int) -> Int { max(1, 65_536 / max(1, valuesPerRow)) }
