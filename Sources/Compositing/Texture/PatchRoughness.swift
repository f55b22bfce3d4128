// Local roughness of a picture, as a feature for patch comparison.

import Arrays
import Images

/// Mean absolute differences of neighbouring pixels in a neighbourhood of each pixel.
///
/// Matching by colour alone converges to flat patches, since the mean of overlapping patches is smooth and
/// flat patches match it. Roughness as a feature keeps the grain (Newson et al. 2014, "Video inpainting of
/// complex scenes", section 3.3).
struct PatchRoughness {
    /// `[height, width, 3]`: along rows, along columns, 0.
    private let means: Image

    /// Measures the roughness.
    /// - Parameters:
    ///   - picture: RGB.
    ///   - hole: pixels that are ignored.
    ///   - reach: standard deviation of the neighbourhood, pixels.
    init(_ picture: Image, hole: Mask, reach: Float) {
        let (w, h) = (picture.width, picture.height)
        let colours = picture.pixels.scalars, inside = hole.inside
        // Two channels of weighted sums, one of the weights.
        let sums = gaussianBlurred(
            NDArray(shape: [h, w, 3]) { out in
                for y in 0..<h {
                    for x in 0..<w {
                        let here = y * w + x
                        let right = x + 1 < w ? here + 1 : here, below = y + 1 < h ? here + w : here
                        guard !inside[here], !inside[right], !inside[below] else {
                            for k in 0..<3 { out[3 * here + k] = 0 }
                            continue
                        }
                        for (k, other) in [right, below].enumerated() {
                            var sum: Float = 0
                            for c in 0..<3 { sum += abs(colours[3 * other + c] - colours[3 * here + c]) }
                            out[3 * here + k] = sum / 3
                        }
                        out[3 * here + 2] = 1
                    }
                }
            }, sigma: reach
        ).scalars
        means = Image(
            NDArray(shape: [h, w, 3]) { out in
                for i in 0..<w * h {
                    let count = max(sums[3 * i + 2], 1e-6)
                    (out[3 * i], out[3 * i + 1], out[3 * i + 2]) = (
                        sums[3 * i] / count, sums[3 * i + 1] / count, 0
                    )
                }
            })
    }

    /// Resampled to another size, row by row, three values per pixel.
    func values(width: Int, height: Int) -> [Float] {
        means.resized(width: width, height: height, filter: .box).pixels.scalars
    }
}
