// The per-pixel features on which patches are compared.

/// Features of each pixel: colour, roughness, and blurred colour.
struct PatchPicture {
    /// Patches are squares of `2 * reach + 1` pixels.
    static let reach = 3
    /// Weight of the blurred colours relative to the colours.
    ///
    /// Larger follows the model's fill, smaller ignores it (28 holes in photographs: perceptual distance
    /// 0.0342 at 0.2, 0.0328 at 0.1, 0.0315 at 0.05, 0.0318 at 0.02).
    private static let weightOfBlurred: Float = 0.05
    /// Weight of squared roughness differences relative to colour differences.
    ///
    /// Newson et al. use 50; here the model's fill also guides the search (same holes: perceptual distance
    /// 0.0333 at 0, 0.0315 at 5, 0.0317 at 50, and 22.37, 22.45, 21.70 dB).
    private static let weightOfRoughness: Float = 5

    let width: Int
    let height: Int
    /// Row stride of `cells`, which are padded by `reach` replicated pixels on every side.
    let stride: Int
    /// Red, green, blue, roughness along rows, then red, green, blue blurred, roughness along columns.
    private let cells: [SIMD8<Float>]
    /// Trust per pixel, 0 … 1, times the weight of each lane; the blurred lanes ignore trust.
    private let weights: [SIMD8<Float>]

    /// Pads and weights the features.
    /// - Parameters:
    ///   - pixels: row by row: red, green, blue, roughness along rows, red, green and blue blurred, roughness
    ///     along columns.
    ///   - trust: confidence of each pixel except for the blurred lanes, 0 … 1.
    ///   - width: of the picture in pixels.
    ///   - height: of the picture in pixels.
    init(cells pixels: [SIMD8<Float>], trust: [Float], width: Int, height: Int) {
        precondition(
            pixels.count == width * height && trust.count == width * height,
            "PatchPicture: \(pixels.count), \(trust.count) for \(width)×\(height)")
        let reach = PatchPicture.reach, stride = width + 2 * reach
        (self.width, self.height, self.stride) = (width, height, stride)
        let places = (0..<stride * (height + 2 * reach)).map { place in
            let x = max(0, min(width - 1, place % stride - reach))
            let y = max(0, min(height - 1, place / stride - reach))
            return y * width + x
        }
        cells = places.map { pixels[$0] }
        weights = places.map { p in
            let (t, b) = (trust[p], PatchPicture.weightOfBlurred), r = t * PatchPicture.weightOfRoughness
            return SIMD8(t, t, t, r, b, b, b, r)
        }
    }

    /// Index of a pixel in `cells`.
    func place(_ x: Int, _ y: Int) -> Int { (y + PatchPicture.reach) * stride + x + PatchPicture.reach }

    /// Lanes that voting replaces; the blurred colours are known.
    static let found = SIMDMask<SIMD8<Int32>>([true, true, true, true, false, false, false, true])

    /// Calls `body` with the comparison, for loops over many patches.
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

        /// The weighted mean squared difference of two patches, with the weights of the first.
        /// - Parameters:
        ///   - target: index of the first patch.
        ///   - source: index of the second patch.
        ///   - limit: early exit; above it the result is only known to be larger.
        /// - Returns: the difference.
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
                // Most candidates are much worse than the current match.
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
