// How images are cut into windows for attention.

import Arrays

/// Square windows over images of patches, padded with zeros on the right and below.
///
/// Source: Li and others 2022 (ViTDet); transformers `SamVisionLayer.window_partition`.
struct WindowGrid: Sendable {
    /// Patches along a side of a window.
    let side: Int
    /// Windows of all images.
    let count: Int
    /// Where the patches of the images lie in the windows, both row by row.
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
