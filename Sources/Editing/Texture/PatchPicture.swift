// A picture as patches are compared in it.

/// What is compared of each pixel: its colours, and what a blur leaves of them.
struct PatchPicture {
    /// Patches are squares of `2 * reach + 1` pixels.
    static let reach = 3
    /// What a pixel's blurred colours count beside its own: more holds to the model's smears, less to nothing (28 holes in
    /// photographs: perceptual distance 0.0371 at 0.2, 0.0356 at 0.05, 0.0353 at 0.005).
    private static let weightOfBlurred: Float = 0.05

    let width: Int
    let height: Int
    /// Width of `cells`, which has `reach` repeated pixels more on every side.
    let stride: Int
    /// Red, green, blue, 0, then the same blurred.
    private let cells: [SIMD8<Float>]
    /// How far the colours of a pixel can be relied on, 0 … 1, in the lanes of the colours; the blur's weight in the others.
    private let weights: [SIMD8<Float>]

    /// - Parameters:
    ///   - colours: row by row, three to a pixel.
    ///   - blurred: the same after a blur.
    ///   - trust: of each pixel's own colours, 0 … 1.
    init(colours: [Float], blurred: [Float], trust: [Float], width: Int, height: Int) {
        precondition(
            colours.count == 3 * width * height && blurred.count == colours.count
                && trust.count == width * height,
            "PatchPicture: \(colours.count), \(blurred.count), \(trust.count) for \(width)×\(height)")
        let reach = PatchPicture.reach, stride = width + 2 * reach
        (self.width, self.height, self.stride) = (width, height, stride)
        let places = (0..<stride * (height + 2 * reach)).map { place in
            let x = max(0, min(width - 1, place % stride - reach))
            let y = max(0, min(height - 1, place / stride - reach))
            return y * width + x
        }
        cells = places.map { p in
            SIMD8(
                colours[3 * p], colours[3 * p + 1], colours[3 * p + 2], 0, blurred[3 * p], blurred[3 * p + 1],
                blurred[3 * p + 2], 0)
        }
        weights = places.map { p in
            let (t, b) = (trust[p], PatchPicture.weightOfBlurred)
            return SIMD8(t, t, t, 0, b, b, b, 0)
        }
    }

    /// The place in `cells` of a pixel.
    func place(_ x: Int, _ y: Int) -> Int { (y + PatchPicture.reach) * stride + x + PatchPicture.reach }

    /// Calls `body` with the means to compare patches, for loops that compare many.
    func withComparison<Result>(_ body: (Comparison) -> Result) -> Result {
        cells.withUnsafeBufferPointer { cells in
            weights.withUnsafeBufferPointer { weights in
                body(Comparison(cells: cells, weights: weights, stride: stride))
            }
        }
    }

    /// Compares patches; valid inside ``withComparison(_:)``.
    struct Comparison: @unchecked Sendable {
        fileprivate let cells: UnsafeBufferPointer<SIMD8<Float>>
        fileprivate let weights: UnsafeBufferPointer<SIMD8<Float>>
        fileprivate let stride: Int

        /// The weighted mean squared difference of two patches, by the weights of the first.
        /// - Parameter limit: a mean above which the answer does not matter; then it may be any value above it.
        func distance(_ target: Int, _ source: Int, limit: Float) -> Float {
            let reach = PatchPicture.reach
            let total = weight(target), most = limit * total
            var sum = SIMD8<Float>.zero
            for dy in -reach...reach {
                let (t, s) = (target + dy * stride, source + dy * stride)
                for dx in -reach...reach {
                    let difference = cells[t + dx] - cells[s + dx]
                    sum += weights[t + dx] * difference * difference
                }
                // Most candidates are far worse than what is known already.
                if sum.sum() > most { return .infinity }
            }
            return sum.sum() / total
        }

        /// The sum of the weights of a patch.
        private func weight(_ target: Int) -> Float {
            let reach = PatchPicture.reach
            var sum: Float = 0
            for dy in -reach...reach {
                for dx in -reach...reach {
                    let w = weights[target + dy * stride + dx]
                    sum += w[0] + w[4]
                }
            }
            return sum
        }
    }
}
