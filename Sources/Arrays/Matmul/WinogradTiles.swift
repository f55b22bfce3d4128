// Tiling of images for Winograd convolution.

/// Square tiles of results, numbered row by row over all images.
struct WinogradTiles: Sendable {
    /// Results along the side of a tile.
    enum Size: Int, CaseIterable, Sendable {
        case four = 4
        case six = 6

        /// Positions of a transformed tile, each of which has its own matmul.
        var points: Int { (rawValue + 2) * (rawValue + 2) }
    }

    let images: Int, height: Int, width: Int
    let border: Border
    /// Whether the images are upsampled by 2 (nearest) on the fly.
    let isDoubled: Bool
    let size: Size

    /// Selects the size with the fewest multiplications.
    init(images: Int, height: Int, width: Int, border: Border, isDoubled: Bool = false) {
        (self.images, self.height, self.width) = (images, height, width)
        (self.border, self.isDoubled) = (border, isDoubled)
        // The weight transform takes as long as about this many tiles.
        let weights = 16
        func work(_ size: Size) -> Int {
            let (across, down) = (size.along(width), size.along(height))
            return (images * across * down + weights) * size.points
        }
        self.size = work(.six) < work(.four) ? .six : .four
    }

    var across: Int { size.along(width) }
    var down: Int { size.along(height) }
    var count: Int { images * across * down }
}

extension WinogradTiles.Size {
    /// Tiles along `extent` results.
    fileprivate func along(_ extent: Int) -> Int { (extent + rawValue - 1) / rawValue }
}
