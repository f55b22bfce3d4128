// Integer samples from a decoder, and their conversion to upright float images.

import Arrays

/// Samples of a decoded file: interleaved, rows from the top, 8 or 16 bits.
struct DecodedPicture {
    enum Kind {
        case plain
        /// CMYK; 0 is no ink, or 255 is none if `inverted`.
        case inks(inverted: Bool)
    }

    var width: Int
    var height: Int
    var channels: Int
    var sampleSize: Int
    var kind = Kind.plain
    /// Valid while the decoder's memory is, that is, within the closure that received this value.
    var samples: UnsafeRawPointer
    var exif: [UInt8]
    var profile: [UInt8]
    var resolution: PictureMetadata.Resolution?

    /// The image with its orientation applied, as floats.
    func upright(_ orientation: Orientation) -> Image {
        let (w, h) = orientation.swapsSides ? (height, width) : (width, height)
        let output = if case .inks = kind { 3 } else { channels }
        return Image(
            NDArray(shape: [h, w, output]) { buffer in
                guard let first = buffer.baseAddress else { return }
                // Each row is written by one chunk only.
                nonisolated(unsafe) let (target, picture) = (first, self)
                parallelFor(h, chunk: rowChunk(w * channels)) { rows in
                    for row in rows {
                        picture.convertRow(row, orientation, width: w, to: target + row * w * output)
                    }
                }
            })
    }

    private func convertRow(
        _ row: Int, _ orientation: Orientation, width w: Int, to target: UnsafeMutablePointer<Float>
    ) {
        let (start, step) = orientation.traversal(row: row, width: width, height: height)
        switch (kind, sampleSize) {
        case (.inks(let inverted), _):
            let flip: UInt8 = inverted ? 0 : 255
            for x in 0..<w {
                let pixel = samples.assumingMemoryBound(to: UInt8.self) + (start + x * step) * 4
                let light = Float(pixel[3] ^ flip) / (255 * 255)
                for channel in 0..<3 { target[x * 3 + channel] = Float(pixel[channel] ^ flip) * light }
            }
        case (.plain, 1):
            convert(samples.assumingMemoryBound(to: UInt8.self), start, step, w, 255, target)
        default:
            convert(samples.assumingMemoryBound(to: UInt16.self), start, step, w, 65535, target)
        }
    }

    @inline(__always)
    private func convert<Sample: UnsignedInteger & FixedWidthInteger>(
        _ samples: UnsafePointer<Sample>, _ start: Int, _ step: Int, _ w: Int, _ scale: Float,
        _ target: UnsafeMutablePointer<Float>
    ) {
        if step == 1 {
            let source = samples + start * channels
            for index in 0..<w * channels { target[index] = Float(source[index]) / scale }
            return
        }
        for x in 0..<w {
            let source = samples + (start + x * step) * channels
            for channel in 0..<channels { target[x * channels + channel] = Float(source[channel]) / scale }
        }
    }
}
