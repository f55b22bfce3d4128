// How far an outpainted picture grows.

import Images

/// How far a picture is grown, in pixels.
public struct EditMargins: Codable, Sendable, Hashable {
    public var left = 0
    public var top = 0
    public var right = 0
    public var bottom = 0

    public init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    /// The margins that give a picture an aspect ratio by growing it evenly at two opposite edges.
    public init(width: Int, height: Int, aspect: Double) {
        self.init()
        let wide = Int((Double(height) * aspect).rounded()), high = Int((Double(width) / aspect).rounded())
        if wide > width {
            left = (wide - width) / 2
            right = wide - width - left
        } else {
            top = max(0, high - height) / 2
            bottom = max(0, high - height) - top
        }
    }

    public var isEmpty: Bool { left + top + right + bottom == 0 }
}

extension EditMargins {
    /// The margins that give a picture file an aspect ratio.
    /// - Throws: `LatheError` (`badInput`) if it cannot be read.
    public static func reaching(_ aspect: Double, for path: String) throws -> EditMargins {
        let image = try EditPicture(path: path).image
        return EditMargins(width: image.width, height: image.height, aspect: aspect)
    }
}
