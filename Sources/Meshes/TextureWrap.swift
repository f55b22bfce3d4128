// What a texture shows beyond its edges.

/// What a texture shows for coordinates outside [0, 1].
public enum TextureWrap: Sendable {
    case repeats
    case clamps
    case mirrors

    /// The texel at an index of `count`, which may lie outside.
    func texel(_ index: Int, of count: Int) -> Int {
        switch self {
        case .repeats: (index % count + count) % count
        case .clamps: min(max(index, 0), count - 1)
        case .mirrors:
            {
                let place = (index % (2 * count) + 2 * count) % (2 * count)
                return place < count ? place : 2 * count - 1 - place
            }()
        }
    }

    /// A coordinate moved so near to [0, 1] that its texels have small indices.
    func nearby(_ coordinate: Float) -> Float {
        switch self {
        case .repeats: coordinate - coordinate.rounded(.down)
        case .clamps: min(max(coordinate, -1), 2)
        case .mirrors: coordinate - 2 * (coordinate / 2).rounded(.down)
        }
    }
}
