// Foreground estimation: removes the background's share from the colours along an object's edge.

package import Arrays

/// Replaces the colours of partly covered pixels by colours extrapolated from the object's inside.
///
/// Colours of pixels that are certainly foreground (opacity at least 0.98, as are their neighbours) are
/// averaged down a pyramid and interpolated back up (pull-push; Gortler et al., "The Lumigraph", 1996, §3.4),
/// which extends them smoothly past the edge.
package enum ForegroundEstimation {
    /// Estimates the foreground colours.
    /// - Parameters:
    ///   - colour: `[height, width, 3]`, sRGB 0 … 1, straight alpha.
    ///   - opacity: `[height, width]`, 0 … 1.
    /// - Returns: `[height, width, 3]`: unchanged where the foreground is certain, extrapolated elsewhere.
    package static func colours(_ colour: NDArray, opacity: NDArray) -> NDArray {
        precondition(
            colour.rank == 3 && colour.shape[2] == 3 && opacity.shape == Array(colour.shape[0..<2]),
            "ForegroundEstimation: colour \(colour.shape) and opacity \(opacity.shape) do not agree")
        let sure = trusted(opacity)
        var pyramid = [Level(colour: colour, weight: sure)]
        while let top = pyramid.last, max(top.height, top.width) > 1 { pyramid.append(top.halved()) }
        var filled = pyramid.removeLast()
        while let finer = pyramid.popLast() { filled = finer.filled(from: filled) }
        return filled.colour
    }

    /// 1 for pixels that are certainly foreground; for thin objects without such pixels, the most opaque
    /// ones.
    private static func trusted(_ opacity: NDArray) -> NDArray {
        let (h, w) = (opacity.shape[0], opacity.shape[1])
        let all = opacity.scalars
        func inside(_ threshold: Float, neighbours: Bool) -> NDArray {
            NDArray(shape: [h, w]) { out in
                for y in 0..<h {
                    for x in 0..<w {
                        var least = all[y * w + x]
                        if neighbours {
                            least = min(
                                least, x > 0 ? all[y * w + x - 1] : 1, x < w - 1 ? all[y * w + x + 1] : 1)
                            least = min(
                                least, y > 0 ? all[(y - 1) * w + x] : 1, y < h - 1 ? all[(y + 1) * w + x] : 1)
                        }
                        out[y * w + x] = least >= threshold ? 1 : 0
                    }
                }
            }
        }
        let most = all.max() ?? 0
        for (threshold, neighbours) in [(0.98 as Float, true), (0.98, false), (most, false)] {
            let weight = inside(min(threshold, most), neighbours: neighbours)
            if weight.withUnsafeBuffer({ $0.contains(1) }) { return weight }
        }
        return NDArray.full(1, [h, w])
    }

    private struct Level {
        let colour: NDArray
        /// Confidence, 0 … 1.
        let weight: NDArray

        var height: Int { weight.shape[0] }
        var width: Int { weight.shape[1] }

        /// Averages over blocks of two by two, weighted by confidence.
        func halved() -> Level {
            let (h, w) = (height, width)
            let (hh, hw) = ((h + 1) / 2, (w + 1) / 2)
            var known = [Float](repeating: 0, count: hh * hw)
            let mean = NDArray(shape: [hh, hw, 3]) { out in
                colour.withUnsafeBuffer { colour in
                    weight.withUnsafeBuffer { weight in
                        for y in 0..<hh {
                            for x in 0..<hw {
                                var sum = SIMD4<Float>.zero
                                for yy in 2 * y..<min(h, 2 * y + 2) {
                                    for xx in 2 * x..<min(w, 2 * x + 2) {
                                        let i = yy * w + xx
                                        let rgb = SIMD4(
                                            colour[3 * i], colour[3 * i + 1], colour[3 * i + 2], 1)
                                        sum += weight[i] * rgb
                                    }
                                }
                                let mean = sum / max(sum.w, 1e-6)
                                for k in 0..<3 { out[3 * (y * hw + x) + k] = mean[k] }
                                known[y * hw + x] = min(1, sum.w)
                            }
                        }
                    }
                }
            }
            return Level(colour: mean, weight: NDArray(known, shape: [hh, hw]))
        }

        /// Own colours blended by confidence with the coarser level's, bilinearly interpolated.
        func filled(from coarse: Level) -> Level {
            let (h, w) = (height, width)
            let (ch, cw) = (coarse.height, coarse.width)
            let result = NDArray(shape: [h, w, 3]) { out in
                colour.withUnsafeBuffer { colour in
                    weight.withUnsafeBuffer { weight in
                        coarse.colour.withUnsafeBuffer { coarse in
                            for y in 0..<h {
                                let (y0, y1, fy) = neighbours(y, ch)
                                for x in 0..<w {
                                    let (x0, x1, fx) = neighbours(x, cw)
                                    let i = y * w + x
                                    for k in 0..<3 {
                                        let top =
                                            coarse[3 * (y0 * cw + x0) + k] * (1 - fx) + coarse[
                                                3 * (y0 * cw + x1) + k] * fx
                                        let low =
                                            coarse[3 * (y1 * cw + x0) + k] * (1 - fx) + coarse[
                                                3 * (y1 * cw + x1) + k] * fx
                                        let outside = top * (1 - fy) + low * fy
                                        out[3 * i + k] =
                                            weight[i] * colour[3 * i + k] + (1 - weight[i]) * outside
                                    }
                                }
                            }
                        }
                    }
                }
            }
            return Level(colour: result, weight: NDArray.full(1, [h, w]))
        }

        /// The two nearest coarse pixels along an axis, and the interpolation weight of the second.
        private func neighbours(_ index: Int, _ extent: Int) -> (Int, Int, Float) {
            let position = max(0, (Float(index) + 0.5) / 2 - 0.5)
            let low = min(extent - 1, Int(position))
            return (low, min(extent - 1, low + 1), position - Float(low))
        }
    }
}
