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
        let (h, w) = (opacity.shape[0], opacity.shape[1])
        return ForegroundRows(colour: colour, opacity: opacity, rows: 0..<h, columns: 0..<w)[0..<h]
    }
}

/// The estimated colours, row by row: all but the finest level are in memory.
package struct ForegroundRows: Sendable {
    private let colour: NDArray
    private let origin: (x: Int, y: Int)
    private let weight: NDArray
    private let coarse: NDArray?

    /// - Parameters:
    ///   - colour: a picture `[height, width, 3]`, sRGB 0 … 1, straight alpha.
    ///   - opacity: of the picture, `[height, width]`, 0 … 1.
    ///   - rows: of the part.
    ///   - columns: of the part.
    package init(colour: NDArray, opacity: NDArray, rows: Range<Int>, columns: Range<Int>) {
        (self.colour, origin) = (colour, (columns.lowerBound, rows.lowerBound))
        weight = Self.trusted(opacity, rows, columns)
        guard max(weight.shape[0], weight.shape[1]) > 1 else {
            coarse = nil
            return
        }
        var pyramid = [Level.halved(colour, weight, at: origin)]
        while let top = pyramid.last, max(top.height, top.width) > 1 {
            pyramid.append(Level.halved(top.colour, top.weight, at: (0, 0)))
        }
        var filled = pyramid.removeLast()
        while let finer = pyramid.popLast() {
            let whole = Level.filled(finer.colour, finer.weight, at: (0, 0), from: filled.colour, 0..<finer.height)
            filled = Level(colour: whole, weight: finer.weight)
        }
        coarse = filled.colour
    }

    /// `[rows, width, 3]`: unchanged where the foreground is certain, extrapolated elsewhere.
    package subscript(_ rows: Range<Int>) -> NDArray {
        guard let coarse else { return Level.part(colour, at: origin, rows, width: weight.shape[1]) }
        return Level.filled(colour, weight, at: origin, from: coarse, rows)
    }

    /// 1 for pixels that are certainly foreground; for thin objects without such pixels, the most opaque
    /// ones.
    private static func trusted(_ opacity: NDArray, _ rows: Range<Int>, _ columns: Range<Int>) -> NDArray {
        let (h, w, stride) = (rows.count, columns.count, opacity.shape[1])
        let first = rows.lowerBound * stride + columns.lowerBound
        return opacity.withUnsafeBuffer { all in
            func inside(_ threshold: Float, neighbours: Bool) -> NDArray {
                NDArray(shape: [h, w]) { out in
                    for y in 0..<h {
                        for x in 0..<w {
                            let at = first + y * stride + x
                            var least = all[at]
                            if neighbours {
                                least = min(least, x > 0 ? all[at - 1] : 1, x < w - 1 ? all[at + 1] : 1)
                                least = min(
                                    least, y > 0 ? all[at - stride] : 1, y < h - 1 ? all[at + stride] : 1)
                            }
                            out[y * w + x] = least >= threshold ? 1 : 0
                        }
                    }
                }
            }
            var most: Float = 0
            for y in 0..<h { for x in 0..<w { most = max(most, all[first + y * stride + x]) } }
            for (threshold, neighbours) in [(0.98 as Float, true), (0.98, false), (most, false)] {
                let weight = inside(min(threshold, most), neighbours: neighbours)
                if weight.withUnsafeBuffer({ $0.contains(1) }) { return weight }
            }
            return NDArray.full(1, [h, w])
        }
    }

    private struct Level {
        let colour: NDArray
        /// Confidence, 0 … 1.
        let weight: NDArray

        var height: Int { weight.shape[0] }
        var width: Int { weight.shape[1] }

        /// Some rows of a part of a picture.
        static func part(
            _ colour: NDArray, at origin: (x: Int, y: Int), _ rows: Range<Int>, width: Int
        ) -> NDArray {
            let stride = colour.shape[1]
            return NDArray(shape: [rows.count, width, 3]) { out in
                colour.withUnsafeBuffer { colour in
                    for y in rows {
                        let from = 3 * ((origin.y + y) * stride + origin.x), to = 3 * (y - rows.lowerBound) * width
                        for i in 0..<3 * width { out[to + i] = colour[from + i] }
                    }
                }
            }
        }

        /// Averages over blocks of two by two of the part of a picture at `origin`, weighted by confidence.
        static func halved(_ colour: NDArray, _ weight: NDArray, at origin: (x: Int, y: Int)) -> Level {
            let (h, w) = (weight.shape[0], weight.shape[1]), stride = colour.shape[1]
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
                                        let at = 3 * ((origin.y + yy) * stride + origin.x + xx)
                                        let rgb = SIMD4(colour[at], colour[at + 1], colour[at + 2], 1)
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

        /// Some rows of the part's colours, blended by confidence with the coarser level's, bilinearly interpolated.
        static func filled(
            _ colour: NDArray, _ weight: NDArray, at origin: (x: Int, y: Int), from coarse: NDArray,
            _ rows: Range<Int>
        ) -> NDArray {
            let w = weight.shape[1], stride = colour.shape[1]
            let (ch, cw) = (coarse.shape[0], coarse.shape[1])
            return NDArray(shape: [rows.count, w, 3]) { out in
                colour.withUnsafeBuffer { colour in
                    weight.withUnsafeBuffer { weight in
                        coarse.withUnsafeBuffer { coarse in
                            for y in rows {
                                let (y0, y1, fy) = neighbours(y, ch)
                                let target = 3 * (y - rows.lowerBound) * w
                                for x in 0..<w {
                                    let (x0, x1, fx) = neighbours(x, cw)
                                    let i = y * w + x, at = 3 * ((origin.y + y) * stride + origin.x + x)
                                    for k in 0..<3 {
                                        let top =
                                            coarse[3 * (y0 * cw + x0) + k] * (1 - fx) + coarse[
                                                3 * (y0 * cw + x1) + k] * fx
                                        let low =
                                            coarse[3 * (y1 * cw + x0) + k] * (1 - fx) + coarse[
                                                3 * (y1 * cw + x1) + k] * fx
                                        let outside = top * (1 - fy) + low * fy
                                        out[target + 3 * x + k] =
                                            weight[i] * colour[at + k] + (1 - weight[i]) * outside
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }

        /// The two nearest coarse pixels along an axis, and the interpolation weight of the second.
        private static func neighbours(_ index: Int, _ extent: Int) -> (Int, Int, Float) {
            let position = max(0, (Float(index) + 0.5) / 2 - 0.5)
            let low = min(extent - 1, Int(position))
            return (low, min(extent - 1, low + 1), position - Float(low))
        }
    }
}
