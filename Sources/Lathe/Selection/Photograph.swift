// Reads input pictures.

import Arrays
package import Images

/// Input pictures.
package enum Photograph {
    /// Reads a PNG or JPEG with its orientation applied and its colours in sRGB; grey becomes RGB, alpha is kept.
    /// - Throws: `LatheError` (`badInput`) naming the file and what is wrong with it.
    package static func load(_ path: String) throws -> Image {
        let image = try LatheError.asking(.badInput) { try ImageFile(path: path).sRGB }
        return image.hasAlpha ? image.rgba : image.rgb
    }

    /// Whether the alpha channel cuts an object out: it has values below and above one half.
    package static func carriesObject(_ image: Image) -> Bool {
        guard image.hasAlpha else { return false }
        return image.alpha.withUnsafeBuffer { alpha in
            alpha.contains { $0 < 0.5 } && alpha.contains { $0 > 0.5 }
        }
    }

    /// Whether no pixel's alpha is above one half.
    package static func isInvisible(_ image: Image) -> Bool {
        image.hasAlpha && image.alpha.withUnsafeBuffer { $0.allSatisfy { $0 <= 0.5 } }
    }
}
