// How rough a picture is, as one more thing that patches are compared by.

import Arrays
import Images

/// Mean differences between neighbours round each pixel.
///
/// A search for like colours alone ends in plain patches: the mean of what overlaps is plain, and plain parts are like it.
/// Patches that are compared by their roughness too bring grain back (Newson et al. 2014, "Video inpainting of complex
/// scenes", section 3.3).
struct PatchRoughness {
    /// `[height, width, 3]`: along rows, along columns, 0.
    private let means: Image

    /// - Parameters:
    ///   - hole: what is in it says nothing.
    ///   - reach: standard deviation of what counts as round a pixel, in pixels.
    init(_ picture: Image, hole: Mask, reach: Float) {
        let (w, h) = (picture.width, picture.height)
        let colours = picture.pixels.scalars, inside = hole.inside
        // Two channels of sums, one of how much was summed up.
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

    /// The same at another size of the picture, row by row, three to a pixel.
    func values(width: Int, height: Int) -> [Float] {
        means.resized(width: width, height: height, filter: .box).pixels.scalars
    }
}
