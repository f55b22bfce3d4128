// Animated GIFs: one palette for all frames, dithered, looping.

import Arrays
import CGIF
import Foundation

/// Dithering of colours that are not in the palette.
public enum Dithering: Sendable {
    /// The nearest colour, without dithering.
    case none
    /// A fixed 8 × 8 pattern, which is stable from frame to frame.
    case ordered
    /// Error diffusion: finer in a single image, noisy in motion.
    case floydSteinberg
}

/// An animation of frames of one size.
public struct Animation: Sendable {
    /// The frames, in order.
    public var frames: [Image]
    /// Display time per frame; the format has a resolution of 1/100 s, and viewers need at least two of these.
    public var secondsPerFrame: Double

    /// Creates an animation.
    /// - Precondition: there is at least one frame and all have one size.
    public init(frames: [Image], secondsPerFrame: Double = 0.05) {
        precondition(!frames.isEmpty, "Animation: no frames")
        precondition(
            frames.allSatisfy { $0.width == frames[0].width && $0.height == frames[0].height },
            "Animation: frames of different sizes")
        self.frames = frames
        self.secondsPerFrame = secondsPerFrame
    }

    /// Writes a looping GIF atomically.
    /// - Parameters:
    ///   - background: RGB under frames with alpha; nil keeps pixels with opacity below one half transparent.
    /// - Throws: `ImageError` when the file cannot be written or a side is above 65535.
    public func saveGIF(
        _ path: String, background: [Float]? = [1, 1, 1], dithering: Dithering = .ordered
    ) throws {
        try Image.write(gif(background: background, dithering: dithering, path: path), to: path)
    }

    func gif(background: [Float]?, dithering: Dithering, path: String) throws -> [UInt8] {
        let (w, h) = (frames[0].width, frames[0].height)
        guard max(w, h) <= 65535 else {
            throw ImageError(path: path, reason: "\(w)×\(h) is too large for a GIF")
        }
        let keepsClear = background == nil && frames.contains { $0.hasAlpha }
        let pictures = frames.map { frame in
            keepsClear ? frame.rgba : frame.composited(over: background ?? [1, 1, 1])
        }
        let palette = ColorPalette(histogram(pictures), count: keepsClear ? 255 : 256)
        let (bits, colors) = palette.bytes(extra: keepsClear ? 1 : 0)
        let clear = keepsClear ? palette.colors.count : -1
        let failure = ImageError(path: path, reason: "this GIF cannot be made: out of memory")
        guard let writer = cgif_begin(Int32(w), Int32(h), Int32(bits), colors) else { throw failure }
        let delay = Int32(max(2, min(65535, (secondsPerFrame * 100).rounded())))
        for picture in pictures {
            let indices = Quantizer(palette: palette, clear: clear, dithering: dithering).indices(of: picture)
            // The writer stores an error and reports it at the end.
            _ = cgif_add(writer, indices, delay, Int32(clear))
        }
        var size = 0
        guard let bytes = cgif_end(writer, &size) else { throw failure }
        defer { free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: size))
    }

    /// Histogram of all frames, subsampled for large images.
    private func histogram(_ pictures: [Image]) -> ColorHistogram {
        var histogram = ColorHistogram()
        let total = pictures.count * pictures[0].width * pictures[0].height
        let step = max(1, total / 4_000_000)
        for picture in pictures {
            let c = picture.channels
            picture.pixels.withUnsafeBuffer { values in
                for pixel in stride(from: 0, to: values.count / c, by: step) {
                    if c == 4, values[pixel * 4 + 3] <= 0.5 { continue }
                    histogram.add(color(values, pixel * c))
                }
            }
        }
        return histogram
    }
}

/// The colour at `index` of RGB or RGBA values, 0 … 255 per channel; NaN is black.
private func color(_ values: UnsafeBufferPointer<Float>, _ index: Int) -> SIMD3<Float> {
    let color = SIMD3(values[index], values[index + 1], values[index + 2]) * 255
    return color.replacing(with: SIMD3<Float>.zero, where: color .!= color)
        .clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
}

/// Converts an image to palette indices.
private struct Quantizer {
    let palette: ColorPalette
    /// Index of transparent pixels, or −1.
    let clear: Int
    let dithering: Dithering

    /// The 8 × 8 Bayer matrix, each entry once, 0 … 63.
    private static let bayer: [Float] = (0..<64).map { index in
        let (x, y) = (index % 8, index / 8)
        var value = 0
        // Bits of x ^ y and y, interleaved from the lowest.
        for bit in 0..<3 {
            value = value << 2 | ((x ^ y) >> bit & 1) << 1 | (y >> bit & 1)
        }
        return Float(value)
    }

    func indices(of picture: Image) -> [UInt8] {
        switch dithering {
        case .floydSteinberg: diffused(picture)
        case .ordered: patterned(picture, strength: palette.spacing)
        case .none: patterned(picture, strength: 0)
        }
    }

    private func patterned(_ picture: Image, strength: Float) -> [UInt8] {
        let (w, h, c) = (picture.width, picture.height, picture.channels)
        return picture.pixels.withUnsafeBuffer { values in
            [UInt8](unsafeUninitializedCapacity: w * h) { buffer, count in
                nonisolated(unsafe) let (values, out) = (values, buffer)
                parallelFor(h, chunk: rowChunk(w * c)) { rows in
                    for y in rows {
                        for x in 0..<w {
                            let pixel = y * w + x
                            if c == 4, values[pixel * 4 + 3] <= 0.5 {
                                out[pixel] = UInt8(clear)
                                continue
                            }
                            let threshold = (Quantizer.bayer[(y & 7) * 8 + (x & 7)] + 0.5) / 64 - 0.5
                            out[pixel] = UInt8(
                                palette.index(of: color(values, pixel * c) + threshold * strength))
                        }
                    }
                }
                count = w * h
            }
        }
    }

    private func diffused(_ picture: Image) -> [UInt8] {
        let (w, h, c) = (picture.width, picture.height, picture.channels)
        var indices = [UInt8](repeating: 0, count: w * h)
        var errors = [SIMD3<Float>](repeating: .zero, count: w + 2)
        picture.pixels.withUnsafeBuffer { values in
            for y in 0..<h {
                var below = [SIMD3<Float>](repeating: .zero, count: w + 2)
                for x in 0..<w {
                    let pixel = y * w + x
                    if c == 4, values[pixel * 4 + 3] <= 0.5 {
                        indices[pixel] = UInt8(clear)
                        continue
                    }
                    let wanted = (color(values, pixel * c) + errors[x + 1])
                        .clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
                    let index = palette.index(of: wanted)
                    indices[pixel] = UInt8(index)
                    let error = (wanted - palette.colors[index]) / 16
                    errors[x + 2] += error * 7
                    below[x] += error * 3
                    below[x + 1] += error * 5
                    below[x + 2] += error
                }
                errors = below
            }
        }
        return indices
    }
}
