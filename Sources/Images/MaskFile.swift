// Masks in picture files, as other programs write them.

import Arrays

/// A mask read from a picture, and what the picture holds.
public struct MaskFile: Sendable {
    public let mask: Mask
    /// What was taken otherwise than as it stands, for the user; nil if nothing.
    public let note: String?
    /// The largest value of the mask as stored, and what stands for white: 255 or 65535.
    public let largest: Int, white: Int

    /// Reads a PNG or JPEG: its opacity where that varies and its colours are no mask themselves, else its luma, white
    /// being inside.
    ///
    /// A mask of the values 0 and 1 (of 255 or 65535), as programs that count from 0 to 1 write them, is used as if 1
    /// were white; the note says so.
    /// - Throws: `ImageError` when the file cannot be read.
    public init(path: String) throws {
        let file = try ImageFile(path: path)
        white = file.bits == 16 ? 65_535 : 255
        let read = Mask(file.image)
        let scale = Float(white)
        let values = read.values.withUnsafeBuffer { values in Set(values.map { Int(($0 * scale).rounded()) })
        }
        largest = values.max() ?? 0
        if values == [0, 1] {
            mask = read.mapped { $0 > 0 ? 1 : 0 }
            note = "the mask \(path) holds the values 0 and 1 of \(white); 1 is taken as white"
        } else {
            (mask, note) = (read, nil)
        }
    }
}
