// Window partition of images for attention.

import Arrays

/// Square windows over images of patches, zero-padded at the right and bottom.
///
/// Source: Li and others 2022 (ViTDet); transformers `SamVisionLayer.window_partition`.
struct WindowGrid: Sendable {
    /// Patches along a side of a window.
    let side: Int
    /// Number of windows of all images.
    let count: Int
    /// The patches' indices in the windows, both in row-major order.
    let patches: RowPlaces

    /// - Parameter shape: `[batch, height, width, channels]`.
    init(_ shape: [Int], side: Int) {
        let (batch, height, width) = (shape[0], shape[1], shape[2])
        let down = (height + side - 1) / side, across = (width + side - 1) / side
        var places: [Int] = []
        places.reserveCapacity(batch * height * width)
        for image in 0..<batch {
            for y in 0..<height {
                for x in 0..<width {
                    let window = (image * down + y / side) * across + x / side
                    places.append((window * side + y % side) * side + x % side)
                }
            }
        }
        self.side = side
        count = batch * down * across
        patches = RowPlaces(places, of: count * side * side)
    }
}
