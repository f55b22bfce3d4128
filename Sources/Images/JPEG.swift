// JPEG through libjpeg: the only file that calls CJPEG.

import CJPEG

enum JPEG {
    /// Maximum side length that the library writes.
    static let sideLimit = 65_500

    /// Decodes a file and passes its samples to `body`.
    /// - Throws: `ImageError` when the file is damaged, of an unsupported kind, or has more than `pixelLimit` pixels.
    static func decode<R>(
        _ bytes: UnsafeRawBufferPointer, path: String, pixelLimit: Int, _ body: (DecodedPicture) throws -> R
    ) throws -> R {
        if let kind = unsupportedKind(bytes) {
            throw ImageError(
                path: path, reason: "\(kind) JPEG is not supported; save it as baseline JPEG or PNG")
        }
        var picture = cjpeg_picture()
        defer { cjpeg_release(&picture) }
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        guard cjpeg_decode(start, bytes.count, UInt64(pixelLimit), &picture) == 0,
            let samples = picture.samples
        else {
            throw ImageError(path: path, reason: "this JPEG cannot be read: \(text(of: &picture.message))")
        }
        return try body(
            DecodedPicture(
                width: Int(picture.width), height: Int(picture.height), channels: Int(picture.channels),
                sampleSize: 1, kind: picture.channels == 4 ? .inks(inverted: picture.inverted != 0) : .plain,
                samples: UnsafeRawPointer(samples),
                exif: Array(UnsafeBufferPointer(start: picture.exif, count: picture.exif_size)),
                profile: Array(UnsafeBufferPointer(start: picture.profile, count: picture.profile_size)),
                resolution: resolution(of: picture)))
    }

    /// Encodes grey or RGB samples.
    static func encode(
        width: Int, height: Int, channels: Int, samples: [UInt8], quality: Int, profile: [UInt8],
        metadata: PictureMetadata, path: String
    ) throws -> [UInt8] {
        guard max(width, height) <= sideLimit else {
            throw ImageError(path: path, reason: "\(width)×\(height) is too large for a JPEG; save a PNG")
        }
        var file = cjpeg_file()
        defer { cjpeg_release_file(&file) }
        let code = profile.withUnsafeBufferPointer { profile in
            metadata.exif.withUnsafeBufferPointer { exif in
                var extras = cjpeg_extras()
                (extras.profile, extras.profile_size) = (profile.baseAddress, profile.count)
                (extras.exif, extras.exif_size) = (exif.baseAddress, exif.count)
                if let resolution = metadata.resolution {
                    extras.per_inch_x = perInch(resolution.horizontal)
                    extras.per_inch_y = perInch(resolution.vertical)
                }
                return cjpeg_encode(
                    UInt32(width), UInt32(height), Int32(channels), samples, Int32(quality), &extras, &file)
            }
        }
        guard code == 0 else {
            throw ImageError(path: path, reason: "this JPEG cannot be made: \(text(of: &file.message))")
        }
        return Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
    }

    private static let inch = 0.0254

    private static func perInch(_ perMetre: Double) -> UInt16 {
        UInt16(clamping: Int((perMetre * inch).rounded()))
    }

    /// Nil for a file that gives a ratio only.
    private static func resolution(of picture: cjpeg_picture) -> PictureMetadata.Resolution? {
        let unit: Double
        switch picture.density_unit {
        case 1: unit = inch
        case 2: unit = 0.01
        default: return nil
        }
        guard picture.density_x > 0, picture.density_y > 0 else { return nil }
        return PictureMetadata.Resolution(
            horizontal: Double(picture.density_x) / unit, vertical: Double(picture.density_y) / unit)
    }

    /// The name of a frame type that libjpeg supports partially, found before decoding; nil for the usual ones.
    ///
    /// Source: ITU-T T.81, table B.1.
    private static func unsupportedKind(_ bytes: UnsafeRawBufferPointer) -> String? {
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
            let marker = bytes[offset + 1]
            switch marker {
            case 0xFF:
                offset += 1
                continue
            case 0xC3, 0xC7, 0xCB, 0xCF: return "lossless"
            case 0xC5, 0xC6, 0xCD, 0xCE: return "hierarchical"
            case 0xF7: return "JPEG-LS kind of"
            case 0xDA, 0xD9: return nil
            default: break
            }
            offset += 2 + Int(bytes[offset + 2]) << 8 + Int(bytes[offset + 3])
        }
        return nil
    }
}
