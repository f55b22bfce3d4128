// How an image is cut for Winograd's convolution.

/// Square tiles of results, counted row by row over all images.
struct WinogradTiles: Sendable {
    /// Results along a tile's side.
    enum Size: Int, CaseIterable, Sendable {
        case four = 4
        case six = 6

        /// Positions of a transformed tile, each of which is a matrix product of its own.
        var points: Int { (rawValue + 2) * (rawValue + 2) }
    }

    let images: Int, height: Int, width: Int
    let border: Border
    /// Whether the images are half as large and every pixel counts as four.
    let isDoubled: Bool
    let size: Size

    /// Chooses the size that takes the fewest products.
    init(images: Int, height: Int, width: Int, border: Border, isDoubled: Bool = false) {
        (self.images, self.height, self.width) = (images, height, width)
        (self.border, self.isDoubled) = (border, isDoubled)
        // The weights are transformed too, which counts like so many tiles.
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
    /// Tiles along so many results.
    fileprivate func along(_ extent: Int) -> Int { (extent + rawValue - 1) / rawValue }
}
