// The picture that an edit works on, and how its result is written as a picture of the same kind.

import Foundation
package import Images

/// A picture file opened to be edited.
///
/// The upright picture with its own channels: grey stays grey, transparency stays. What is written keeps size, colour profile,
/// bits per sample and transparency; it is stored upright, so it shows as the input does without any orientation mark.
package struct EditPicture: Sendable {
    package let path: String
    package let image: Image
    package let colorProfile: [UInt8]
    package let bits: Int
    package let format: ImageFile.Format

    /// - Throws: `LatheError` (`badInput`) naming the file and what is wrong with it.
    package init(path: String) throws {
        let file = try LatheError.asking(.badInput) { try ImageFile(path: path) }
        (image, colorProfile, bits, format) = (file.image, file.colorProfile, file.bits, file.format)
        self.path = path
    }

    /// RGB, or RGBA where there is transparency, as selections want it.
    package var photograph: Image { image.hasAlpha ? image.rgba : image.rgb }

    /// Whether `path` names a picture file to write, rather than a folder.
    package static func isPictureName(_ path: String) -> Bool {
        ["png", "jpg", "jpeg"].contains((path as NSString).pathExtension.lowercased())
    }

    /// Writes an edited version of this picture; the name's ending says in which format.
    /// - Throws: `LatheError` (`badInput`) if it cannot be written.
    func add(_ edited: Image, at path: String, to files: EditFiles) throws {
        try files.add(edited, at: path, bits: bits, colorProfile: colorProfile)
    }

    /// What writing in that format loses, for a note to the user; nil if nothing.
    package func loss(writing path: String) -> String? {
        guard ["jpg", "jpeg"].contains((path as NSString).pathExtension.lowercased()) else { return nil }
        if image.hasAlpha {
            return "a JPEG has no transparency: it was laid over white; write a PNG to keep it"
        }
        if bits == 16 { return "a JPEG has 8 bits per sample; write a PNG to keep 16" }
        return "a JPEG changes every pixel a little; write a PNG to keep those outside the mask exactly"
    }
}
