// The picture of an edit, and how results are written in its format.

import Foundation
package import Images

/// A picture file opened for editing.
///
/// Upright, with its own channels: grey stays grey, alpha stays. Results keep size, colour profile, bits per
/// sample, alpha, and Exif data such as date and camera; they are stored upright without an orientation tag.
package struct EditPicture: Sendable {
    /// Path of the file.
    package let path: String
    /// The upright picture.
    package let image: Image
    /// The embedded ICC profile; empty without one.
    package let colorProfile: [UInt8]
    /// Exif data and resolution; those of results, unless they are not wanted.
    package var metadata: PictureMetadata
    /// Bits per sample, 8 or 16.
    package let bits: Int
    /// PNG or JPEG.
    package let format: ImageFile.Format

    /// Opens a picture file.
    /// - Throws: `LatheError` (`badInput`) naming the file and what is wrong with it.
    package init(path: String) throws {
        let file = try LatheError.asking(.badInput) { try ImageFile(path: path) }
        (image, colorProfile, bits, format) = (file.image, file.colorProfile, file.bits, file.format)
        metadata = file.metadata
        self.path = path
    }

    /// A picture in memory; results have 8 bits and no profile.
    init(_ image: Image) {
        (self.image, path, colorProfile, bits, format) = (image, "", [], 8, .png)
        metadata = .none
    }

    /// RGB, or RGBA where there is alpha.
    package var photograph: Image { image.hasAlpha ? image.rgba : image.rgb }

    /// Whether `path` has the extension of a picture file.
    package static func isPictureName(_ path: String) -> Bool {
        ["png", "jpg", "jpeg"].contains((path as NSString).pathExtension.lowercased())
    }

    /// Endings of pictures and films that are not written.
    private static let otherEndings: Set<String> = [
        "webp", "avif", "heic", "heif", "jxl", "jp2", "jpe", "jfif", "gif", "apng", "bmp", "tif", "tiff",
        "tga", "ppm", "pgm",
        "pnm", "psd", "exr", "hdr", "dng", "svg", "pdf", "ico", "mp4", "webm", "mov",
    ]

    /// The ending of a name that is meant for a picture of a format that is not written; nil for other names.
    package static func foreignEnding(_ path: String) -> String? {
        guard !path.hasSuffix("/"), !isFolder(path) else { return nil }
        let ending = (path as NSString).pathExtension.lowercased()
        return otherEndings.contains(ending) ? ending : nil
    }

    /// Writes a version of this picture; the format follows the extension.
    /// - Throws: `LatheError` (`badInput`) if it cannot be written.
    func add(_ edited: Image, at path: String, to files: EditFiles) throws {
        try files.add(edited, at: path, bits: bits, colorProfile: colorProfile, metadata: metadata)
    }

    /// What the format loses, as a note for the user; nil if nothing.
    package func loss(writing path: String) -> String? {
        guard ["jpg", "jpeg"].contains((path as NSString).pathExtension.lowercased()) else { return nil }
        if image.hasAlpha {
            return "a JPEG has no transparency: it was laid over white; write a PNG to keep it"
        }
        if bits == 16 { return "a JPEG has 8 bits per sample; write a PNG to keep 16" }
        return "a JPEG changes every pixel a little; write a PNG to keep those outside the mask exactly"
    }
}
