// Reading the picture that a command works on.

import Arrays
package import Images

package enum Photograph {
    /// Reads a PNG or JPEG, upright; grey becomes RGB, transparency stays.
    /// - Throws: `LatheError` (`badInput`) naming the file and what is wrong with it.
    package static func load(_ path: String) throws -> Image {
        let image = try LatheError.asking(.badInput) { try Image.load(path) }
        return image.hasAlpha ? image.rgba : image.rgb
    }

    /// Whether a picture's own transparency cuts an object out: some pixels are clear and some are opaque.
    package static func carriesObject(_ image: Image) -> Bool {
        guard image.hasAlpha else { return false }
        return image.alpha.withUnsafeBuffer { alpha in
            alpha.contains { $0 < 0.5 } && alpha.contains { $0 > 0.5 }
        }
    }

    /// Whether a picture is transparent everywhere.
    package static func isInvisible(_ image: Image) -> Bool {
        image.hasAlpha && image.alpha.withUnsafeBuffer { $0.allSatisfy { $0 <= 0.5 } }
    }
}
