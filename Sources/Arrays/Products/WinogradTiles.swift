// How an image is cut for Winograd's convolution.

/// Tiles of 4 × 4 results, counted row by row over all images.
struct WinogradTiles: Sendable {
    let images: Int, height: Int, width: Int
    let border: Border
    /// Whether the images are half as large and every pixel counts as four.
    var isDoubled = false
    var across: Int { (width + 3) / 4 }
    var down: Int { (height + 3) / 4 }
    var count: Int { images * across * down }
}
