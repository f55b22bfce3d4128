// Reading of image files by content, with orientation applied and a size limit.

import Files

/// An image file and its metadata.
public struct ImageFile: Sendable {
    public enum Format: String, Sendable {
        case png = "PNG"
        case jpeg = "JPEG"
    }

    /// Images with more pixels than this (8192 × 8192) are rejected before memory is allocated.
    public static let pixelLimit = 1 << 26

    /// How pictures of other formats become readable, for messages.
    private static let conversion = "convert it first, for example with ImageMagick: magick FILE photo.png"

    /// The picture, turned upright.
    public let image: Image
    public let format: Format
    /// Exif orientation of the stored pixels, 1 to 8, already applied to `image`.
    public let orientation: Int
    /// The embedded ICC profile, empty if there is none or it was for CMYK; values are kept as stored and interpreted
    /// as sRGB.
    public let colorProfile: [UInt8]
    /// Exif data and resolution for a copy of the picture.
    public let metadata: PictureMetadata
    /// Bits per stored sample, 8 or 16; fewer were expanded to 8.
    public let bits: Int

    /// Reads the PNG or JPEG at `path`; the content determines the format, not the name.
    ///
    /// Palettes, fewer than 8 bits and four inks are expanded to RGB; 16-bit samples keep their precision;
    /// transparency of a palette and colour keys of other PNGs become alpha.
    /// - Throws: `ImageError` when the file is missing, of another format, damaged, or above `pixelLimit`.
    public init(path: String) throws {
        let map: MappedFile
        do {
            map = try MappedFile(path: path)
        } catch {
            throw ImageError(error)
        }
        try self.init(map.bytes, path: path)
        // The mapping must live until the decoder has finished.
        withExtendedLifetime(map) {}
    }

    /// Decodes a file in memory.
    /// - Parameter path: used in error messages.
    public init(bytes: [UInt8], path: String) throws {
        self = try bytes.withUnsafeBytes { raw in try ImageFile(raw, path: path) }
    }

    init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
        guard !bytes.isEmpty else { throw ImageError(path: path, reason: "the file is empty") }
        let accept: (DecodedPicture) -> (Image, Orientation, [UInt8], Int, PictureMetadata) = { picture in
            let orientation = Orientation(exif: picture.exif)
            // A CMYK profile does not apply to the converted image.
            let profile = if case .inks = picture.kind { [UInt8]() } else { picture.profile }
            let resolution =
                orientation.swapsSides
                ? picture.resolution.map { .init(horizontal: $0.vertical, vertical: $0.horizontal) }
                : picture.resolution
            let metadata = PictureMetadata(exif: ExifCopy.bytes(of: picture.exif), resolution: resolution)
            return (picture.upright(orientation), orientation, profile, picture.sampleSize * 8, metadata)
        }
        let result: (Image, Orientation, [UInt8], Int, PictureMetadata)
        if bytes.starts(with: PNG.signature) {
            format = .png
            result = try PNG.decode(bytes, path: path, pixelLimit: ImageFile.pixelLimit, accept)
        } else if bytes.starts(with: [0xFF, 0xD8]) {
            format = .jpeg
            result = try JPEG.decode(bytes, path: path, pixelLimit: ImageFile.pixelLimit, accept)
        } else {
            let kind = ImageFile.knownFormat(bytes)
            throw ImageError(
                path: path,
                reason: kind.map { "\($0) is not supported; PNG or JPEG is needed: \(ImageFile.conversion)" }
                    ?? "this is not a picture; PNG or JPEG is needed")
        }
        image = result.0
        orientation = Int(result.1.rawValue)
        colorProfile = result.2
        bits = result.3
        metadata = result.4
    }

    /// The name of a format that is recognised only for the error message.
    private static func knownFormat(_ bytes: UnsafeRawBufferPointer) -> String? {
        func holds(_ text: String, at offset: Int) -> Bool {
            bytes.count >= offset + text.utf8.count && bytes.dropFirst(offset).starts(with: text.utf8)
        }
        if holds("RIFF", at: 0), holds("WEBP", at: 8) { return "WebP" }
        if holds("ftypavif", at: 4) { return "AVIF" }
        if holds("ftyphei", at: 4) || holds("ftypmif1", at: 4) { return "HEIC" }
        if holds("GIF8", at: 0) { return "GIF" }
        if holds("BM", at: 0), bytes.count > 26 { return "BMP" }
        if holds("II*\0", at: 0) || holds("MM\0*", at: 0) { return "TIFF or a camera's raw format" }
        if holds("P5", at: 0) || holds("P6", at: 0) { return "PNM" }
        if holds("<svg", at: 0) || holds("<?xml", at: 0) { return "SVG" }
        return nil
    }
}

extension ImageFile {
    /// The picture in sRGB: converted where its profile describes another RGB space by primaries and curves.
    ///
    /// For results that do not carry the profile. Profiles of other kinds are passed over.
    public var sRGB: Image {
        guard let profile = ColorProfile(icc: colorProfile), !profile.isSRGB else { return image }
        return profile.converted(image)
    }
}

extension Image {
    /// Reads the PNG or JPEG at `path`, with orientation applied; see `ImageFile`.
    /// - Throws: `ImageError` when the file is missing, of another format, damaged, or too large.
    public static func load(_ path: String) throws -> Image { try ImageFile(path: path).image }
}
