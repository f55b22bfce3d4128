// A palette of at most 256 colours for a set of images, by median cut.

import Arrays

/// A palette with a lookup table of nearest colours.
///
/// Heckbert, "Color Image Quantization for Frame Buffer Display", 1982; the box whose split lowers the squared error
/// most is split first, which represents small saturated regions better than splitting the most populous box.
struct ColorPalette {
    /// RGB colours, 0 … 255.
    private(set) var colors: [SIMD3<Float>]
    /// Nearest colour of each of 64³ cells.
    private let nearest: [UInt8]

    private static let levels = 64

    /// Selects up to `count` colours for the pixels in `histogram`.
    init(_ histogram: ColorHistogram, count: Int) {
        var boxes = [ColorBox(histogram.entries)]
        while boxes.count < count {
            guard let index = boxes.indices.max(by: { boxes[$0].error < boxes[$1].error }),
                boxes[index].error > 0,
                let (first, second) = boxes[index].split()
            else { break }
            boxes[index] = first
            boxes.append(second)
        }
        colors = boxes.map(\.mean)
        nearest = ColorPalette.table(colors)
    }

    /// The palette's colours as 3 · 2^bits bytes, padded with black, and `bits`.
    func bytes(extra: Int) -> (bits: Int, bytes: [UInt8]) {
        var bits = 1
        while 1 << bits < colors.count + extra { bits += 1 }
        var bytes = [UInt8](repeating: 0, count: 3 << bits)
        for (index, color) in colors.enumerated() {
            for channel in 0..<3 {
                bytes[index * 3 + channel] = UInt8(max(0, min(255, color[channel].rounded())))
            }
        }
        return (bits, bytes)
    }

    /// The index of the colour nearest to `color`, 0 … 255 per channel.
    func index(of color: SIMD3<Float>) -> Int {
        let cell = (color * 0.25).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 63))
        return Int(nearest[(Int(cell.x) * 64 + Int(cell.y)) * 64 + Int(cell.z)])
    }

    /// The mean distance between a colour and its nearest neighbour, which sets the strength of dithering.
    var spacing: Float {
        guard colors.count > 1 else { return 0 }
        var sum: Float = 0
        for (index, color) in colors.enumerated() {
            var least = Float.infinity
            for (other, neighbour) in colors.enumerated() where other != index {
                let difference = color - neighbour
                least = min(least, (difference * difference).sum())
            }
            sum += least.squareRoot()
        }
        return sum / Float(colors.count)
    }

    private static func table(_ colors: [SIMD3<Float>]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: levels * levels * levels) { buffer, count in
            nonisolated(unsafe) let cells = buffer
            parallelFor(levels, chunk: 4) { reds in
                for red in reds {
                    for green in 0..<levels {
                        for blue in 0..<levels {
                            let center = (SIMD3(Float(red), Float(green), Float(blue)) + 0.5) * 4
                            var best = 0
                            var least = Float.infinity
                            for (index, color) in colors.enumerated() {
                                let difference = (color - center) * SIMD3(0.55, 0.75, 0.4)
                                let distance = (difference * difference).sum()
                                if distance < least { (best, least) = (index, distance) }
                            }
                            cells[(red * levels + green) * levels + blue] = UInt8(best)
                        }
                    }
                }
            }
            count = levels * levels * levels
        }
    }
}

/// Histogram of colours in 32³ cells with the mean colour of each.
struct ColorHistogram {
    struct Entry {
        var color: SIMD3<Float>
        var weight: Float
    }

    private var sums = [SIMD4<Float>](repeating: .zero, count: 32 * 32 * 32)

    /// Counts a colour, 0 … 255 per channel.
    mutating func add(_ color: SIMD3<Float>) {
        let cell = (color * 0.125).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 31))
        sums[(Int(cell.x) * 32 + Int(cell.y)) * 32 + Int(cell.z)] += SIMD4(color, 1)
    }

    var entries: [Entry] {
        sums.compactMap { sum in
            sum.w > 0 ? Entry(color: SIMD3(sum.x, sum.y, sum.z) / sum.w, weight: sum.w) : nil
        }
    }
}

/// A box of colours that share one palette entry.
private struct ColorBox {
    private let entries: [ColorHistogram.Entry]
    let mean: SIMD3<Float>
    /// Sum of squared deviations along the axis that varies most.
    let error: Float
    private let axis: Int

    init(_ entries: [ColorHistogram.Entry]) {
        self.entries = entries
        let weight = entries.reduce(0) { $0 + $1.weight }
        let mean = entries.reduce(SIMD3<Float>.zero) { $0 + $1.color * $1.weight } / max(weight, 1)
        let spread = entries.reduce(SIMD3<Float>.zero) { sum, entry in
            let difference = entry.color - mean
            return sum + difference * difference * entry.weight
        }
        axis = spread.x >= spread.y && spread.x >= spread.z ? 0 : spread.y >= spread.z ? 1 : 2
        error = spread[axis]
        self.mean = mean
    }

    /// Splits the box at the mean of the axis that varies most; nil for a single colour.
    func split() -> (ColorBox, ColorBox)? {
        let low = entries.filter { $0.color[axis] <= mean[axis] }
        let high = entries.filter { $0.color[axis] > mean[axis] }
        return low.isEmpty || high.isEmpty ? nil : (ColorBox(low), ColorBox(high))
    }
}
