// Margins of an outpainted picture.

import Arrays
import Images

/// The margins added to a picture, in pixels.
public struct EditMargins: Codable, Sendable, Hashable {
    /// At the left edge.
    public var left = 0
    /// At the top.
    public var top = 0
    /// At the right edge.
    public var right = 0
    /// At the bottom.
    public var bottom = 0

    /// See the properties.
    public init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    /// The margins that reach an aspect ratio (width / height), split evenly over two opposite edges.
    public init(width: Int, height: Int, aspect: Double) {
        self.init()
        let wide = Int(clamped: (Double(height) * aspect).rounded())
        let high = Int(clamped: (Double(width) / aspect).rounded())
        if wide > width {
            left = (wide - width) / 2
            right = wide - width - left
        } else {
            top = max(0, high - height) / 2
            bottom = max(0, high - height) - top
        }
    }

    /// Whether nothing is added.
    public var isEmpty: Bool { left + top + right + bottom == 0 }
}

extension EditMargins {
    /// The margins that bring a picture file to an aspect ratio (width / height).
    /// - Parameters:
    ///   - aspect: width / height.
    ///   - path: the picture file.
    /// - Throws: `LatheError` (`badInput`) if it cannot be read.
    /// - Returns: the margins.
    public static func reaching(_ aspect: Double, for path: String) throws -> EditMargins {
        let image = try EditPicture(path: path).image
        return EditMargins(width: image.width, height: image.height, aspect: aspect)
    }
}
