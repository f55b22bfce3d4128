// What lies behind the object in opaque photographs.
import Arrays

extension PosedPictures {
    /// Largest difference of a channel from the background's colour: the noise of a photograph on paper, and of JPEG.
    private static let tolerance: Float = 0.06
    /// Share of the pixels along the borders that a plain background has at least.
    private static let plainShare = 0.8

    /// Finds the colour behind opaque pictures along their borders, and remarks on it.
    ///
    /// An opaque picture says that light comes from everywhere in it; a field that is to be opaque everywhere becomes fog.
    /// Over a plain background the same picture says what the object looks like in front of it.
    package mutating func findBackground() {
        let isOpaque = pixels.withUnsafeBuffer { values in
            stride(from: 3, to: values.count, by: 4).allSatisfy { values[$0] > 0.999 }
        }
        guard isOpaque else { return }
        let border = borderColours
        guard !border.isEmpty else { return }
        let middle = SIMD3((0..<3).map { channel in border.map { $0[channel] }.sorted()[border.count / 2] })
        let plain = border.count { PosedPictures.isBackground($0, middle) }
        guard Double(plain) >= PosedPictures.plainShare * Double(border.count) else {
            remark(
                "the pictures are opaque and have no plain background, so that all they show is fitted inside the cube; to fit an "
                    + "object alone, give pictures with alpha")
            return
        }
        background = middle
        let colour = (0..<3).map { "\(Int((middle[$0] * 255).rounded()))" }.joined(separator: ", ")
        remark(
            "the pictures are opaque; what has the colour of their borders (\(colour)) is taken as background"
        )
    }

    /// Whether a colour is the background's but for noise.
    static func isBackground(_ colour: SIMD3<Float>, _ background: SIMD3<Float>) -> Bool {
        (0..<3).allSatisfy { abs(colour[$0] - background[$0]) <= tolerance }
    }

    /// The colours along the borders of all pictures, where they count.
    private var borderColours: [SIMD3<Float>] {
        var colours: [SIMD3<Float>] = []
        pixels.withUnsafeBuffer { values in
            for index in 0..<count * height * width {
                let (x, y) = (index % width, index / width % height)
                guard x == 0 || y == 0 || x == width - 1 || y == height - 1, counts?[index] ?? true else {
                    continue
                }
                colours.append(SIMD3(values[4 * index], values[4 * index + 1], values[4 * index + 2]))
            }
        }
        return colours
    }
}
