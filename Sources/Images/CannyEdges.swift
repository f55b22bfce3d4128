// Canny edge detection with OpenCV's arithmetic, as used to train networks.

extension Image {
    /// The edges of an image: 1 on an edge and 0 elsewhere, one channel.
    ///
    /// Sobel gradients of the 8-bit samples (3 × 3, border replicated), |dx| + |dy| of the channel with the largest
    /// value, non-maximum suppression, and hysteresis: pixels above `high`, and pixels above `low` connected to them.
    /// Equal to `cv2.Canny(picture, low, high)`. Alpha is ignored.
    /// - Parameters:
    ///   - low: threshold on |dx| + |dy| of values in 0…255.
    ///   - high: the same; swapped with `low` if smaller.
    /// Source: Canny 1986, "A Computational Approach to Edge Detection"; OpenCV `imgproc/src/canny.cpp`.
    public func cannyEdges(low: Int = 100, high: Int = 200) -> Image {
        let gradients = SobelGradients(channels < 3 ? grey : rgb)
        let edges = gradients.edges(low: min(low, high), high: max(low, high))
        return Image(width: width, height: height, channels: 1, bytes: edges)
    }
}

/// First derivatives of each pixel, of the channel in which they are largest.
private struct SobelGradients {
    private let width: Int
    private let height: Int
    private var dx: [Int32]
    private var dy: [Int32]
    /// |dx| + |dy|, with a border of zeros one pixel wide.
    private var magnitude: [Int32]
    private var stride: Int { width + 2 }

    init(_ picture: Image) {
        (width, height) = (picture.width, picture.height)
        let count = width * height
        (dx, dy) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count))
        magnitude = Array(repeating: 0, count: (width + 2) * (height + 2))
        let (bytes, channels) = (picture.bytes, picture.channels)
        for y in 0..<height {
            let rows = [max(y - 1, 0), y, min(y + 1, height - 1)].map { $0 * width }
            for x in 0..<width {
                let columns = [max(x - 1, 0), x, min(x + 1, width - 1)]
                for channel in 0..<channels {
                    func sample(_ row: Int, _ column: Int) -> Int32 {
                        Int32(bytes[(rows[row] + columns[column]) * channels + channel])
                    }
                    let across =
                        sample(0, 2) - sample(0, 0) + 2 * (sample(1, 2) - sample(1, 0)) + sample(2, 2)
                        - sample(2, 0)
                    let down =
                        sample(2, 0) - sample(0, 0) + 2 * (sample(2, 1) - sample(0, 1)) + sample(2, 2)
                        - sample(0, 2)
                    let size = abs(across) + abs(down)
                    let place = (y + 1) * stride + x + 1
                    guard channel == 0 || size > magnitude[place] else { continue }
                    magnitude[place] = size
                    (dx[y * width + x], dy[y * width + x]) = (across, down)
                }
            }
        }
    }

    /// 255 on an edge and 0 elsewhere, row by row.
    func edges(low: Int, high: Int) -> [UInt8] {
        var edges = [UInt8](repeating: 0, count: width * height)
        var isWeak = [Bool](repeating: false, count: width * height)
        var front: [Int] = []
        for pixel in 0..<width * height where isMaximum(pixel, above: low) {
            isWeak[pixel] = true
            guard magnitude(at: pixel) > high else { continue }
            edges[pixel] = 255
            front.append(pixel)
        }
        while let pixel = front.popLast() {
            let (x, y) = (pixel % width, pixel / width)
            for neighbourY in max(y - 1, 0)...min(y + 1, height - 1) {
                for neighbourX in max(x - 1, 0)...min(x + 1, width - 1) {
                    let neighbour = neighbourY * width + neighbourX
                    guard isWeak[neighbour], edges[neighbour] == 0 else { continue }
                    edges[neighbour] = 255
                    front.append(neighbour)
                }
            }
        }
        return edges
    }

    // MARK: Helpers

    /// 0.4142…, the tangent of 22.5°, in OpenCV's fixed point with 15 fractional bits.
    private static let tangent = 13573

    private func place(of pixel: Int) -> Int { (pixel / width + 1) * stride + pixel % width + 1 }

    private func magnitude(at pixel: Int) -> Int { Int(magnitude[place(of: pixel)]) }

    /// Whether a pixel's gradient is above the threshold and a maximum across the edge.
    ///
    /// Which of two equal neighbours is kept depends on the direction, as in the reference.
    private func isMaximum(_ pixel: Int, above low: Int) -> Bool {
        let here = place(of: pixel)
        let size = magnitude[here]
        guard size > low else { return false }
        let (across, down) = (Int(dx[pixel]), Int(dy[pixel]))
        let steepness = abs(down) << 15
        let flat = abs(across) * Self.tangent
        if steepness < flat { return size > magnitude[here - 1] && size >= magnitude[here + 1] }
        if steepness > flat + abs(across) << 16 {
            return size > magnitude[here - stride] && size >= magnitude[here + stride]
        }
        let side = (across < 0) == (down < 0) ? 1 : -1
        return size > magnitude[here - stride - side] && size > magnitude[here + stride + side]
    }
}
