// PNG through libpng: the only file that calls CPNG.

import CPNG

enum PNG {
    /// The eight bytes that start every PNG.
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Decodes a file and passes its samples to `body`.
    /// - Throws: `ImageError` when the file is damaged or has more than `pixelLimit` pixels.
    static func decode<R>(
        _ bytes: UnsafeRawBufferPointer, path: String, pixelLimit: Int, _ body: (DecodedPicture) throws -> R
    ) throws -> R {
        var picture = cpng_picture()
        defer { cpng_release(&picture) }
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        guard cpng_decode(start, bytes.count, UInt64(pixelLimit), &picture) == 0,
            let samples = picture.samples
        else {
            throw ImageError(path: path, reason: "this PNG cannot be read: \(text(of: &picture.message))")
        }
        return try body(
            DecodedPicture(
                width: Int(picture.width), height: Int(picture.height), channels: Int(picture.channels),
                sampleSize: Int(picture.sample_size), samples: UnsafeRawPointer(samples),
                exif: Array(UnsafeBufferPointer(start: picture.exif, count: picture.exif_size)),
                profile: Array(UnsafeBufferPointer(start: picture.profile, count: picture.profile_size)),
                resolution: picture.per_metre_x > 0 && picture.per_metre_y > 0
                    ? PictureMetadata.Resolution(
                        horizontal: Double(picture.per_metre_x), vertical: Double(picture.per_metre_y)) : nil)
        )
    }

    /// Encodes samples of one or two bytes each.
    static func encode(
        width: Int, height: Int, channels: Int, sampleSize: Int, samples: UnsafeRawPointer, profile: [UInt8],
        metadata: PictureMetadata, path: String
    ) throws -> [UInt8] {
        guard let w = UInt32(exactly: width), let h = UInt32(exactly: height) else {
            throw ImageError(path: path, reason: "\(width)×\(height) pixels are too many for a PNG")
        }
        var file = cpng_file()
        defer { cpng_release_file(&file) }
        let code = profile.withUnsafeBufferPointer { profile in
            metadata.exif.withUnsafeBufferPointer { exif in
                var extras = cpng_extras()
                (extras.profile, extras.profile_size) = (profile.baseAddress, profile.count)
                (extras.exif, extras.exif_size) = (exif.baseAddress, exif.count)
                if let resolution = metadata.resolution {
                    extras.per_metre_x = UInt32(clamping: Int(resolution.horizontal.rounded()))
                    extras.per_metre_y = UInt32(clamping: Int(resolution.vertical.rounded()))
                }
                return cpng_encode(w, h, Int32(channels), Int32(sampleSize), samples, &extras, &file)
            }
        }
        guard code == 0 else {
            throw ImageError(path: path, reason: "this PNG cannot be made: \(text(of: &file.message))")
        }
        return Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
    }
}

/// The text in a fixed C array.
func text<T>(of message: inout T) -> String {
    withUnsafeBytes(of: &message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
