// How a selection is stored in run records.

import Images

extension Selection: Codable {
    private enum CodingKeys: String, CodingKey {
        case points, boxes, maskPath, maskIndex, growth, feather, fillHoles, smallestIsland, subtractPath
        case isInverted
    }

    /// A box by its corners, as run records have it.
    private struct Corners: Codable {
        var x0, y0, x1, y1: Float
    }

    /// Reads what ``encode(to:)`` writes.
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        points = try container.decode([Point].self, forKey: .points)
        boxes = try container.decode([Corners].self, forKey: .boxes).map {
            Box(left: $0.x0, top: $0.y0, right: $0.x1, bottom: $0.y1)
        }
        maskPath = try container.decodeIfPresent(String.self, forKey: .maskPath)
        maskIndex = try container.decode(MaskIndex.self, forKey: .maskIndex)
        growth = try container.decodeIfPresent(Growth.self, forKey: .growth)
        feather = try container.decode(Float.self, forKey: .feather)
        fillHoles = try container.decode(Bool.self, forKey: .fillHoles)
        smallestIsland = try container.decode(Int.self, forKey: .smallestIsland)
        subtractPath = try container.decodeIfPresent(String.self, forKey: .subtractPath)
        isInverted = try container.decode(Bool.self, forKey: .isInverted)
    }

    /// Boxes are written with the keys `x0`, `y0`, `x1` and `y1`.
    /// - Throws: `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(points, forKey: .points)
        try container.encode(
            boxes.map { Corners(x0: $0.left, y0: $0.top, x1: $0.right, y1: $0.bottom) }, forKey: .boxes)
        try container.encodeIfPresent(maskPath, forKey: .maskPath)
        try container.encode(maskIndex, forKey: .maskIndex)
        try container.encodeIfPresent(growth, forKey: .growth)
        try container.encode(feather, forKey: .feather)
        try container.encode(fillHoles, forKey: .fillHoles)
        try container.encode(smallestIsland, forKey: .smallestIsland)
        try container.encodeIfPresent(subtractPath, forKey: .subtractPath)
        try container.encode(isInverted, forKey: .isInverted)
    }
}
