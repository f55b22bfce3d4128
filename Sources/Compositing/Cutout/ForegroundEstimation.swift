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
    private let opacity: NDArray
    private let size: (height: Int, width: Int)
    private let trust: Trust
    private let coarse: NDArray?

    /// - Parameters:
    ///   - colour: a picture `[height, width, 3]`, sRGB 0 … 1, straight alpha.
    ///   - opacity: of the picture, `[height, width]`, 0 … 1.
    ///   - rows: of the part.
    ///   - columns: of the part.
    package init(colour: NDArray, opacity: NDArray, rows: Range<Int>, columns: Range<Int>) {
        let origin = (x: columns.lowerBound, y: rows.lowerBound),
            size = (height: rows.count, width: columns.count)
        let trust = Trust(opacity, at: origin, size)
        (self.colour, self.opacity, self.origin, self.size, self.trust) = (
            colour, opacity, origin, size, trust
        )
        guard max(size.height, size.width) > 1 else {
            coarse = nil
            return
        }
        var pyramid = [
            Level.halved(colour, at: origin, size) { trust.row($0, of: opacity, at: origin, size, into: &$1) }
        ]
        while let top = pyramid.last, max(top.height, top.width) > 1 {
            pyramid.append(Level.halved(top.colour, at: (0, 0), (top.height, top.width), top.row))
        }
        var filled = pyramid.removeLast().colour
        while let finer = pyramid.popLast() {
            filled = Level.filled(
                finer.colour, at: (0, 0), from: filled, 0..<finer.height, width: finer.width, finer.row)
        }
        coarse = filled
    }

    /// `[rows, width, 3]`: unchanged where the foreground is certain, extrapolated elsewhere.
    package subscript(_ rows: Range<Int>) -> NDArray {
        guard let coarse else { return Level.part(colour, at: origin, rows, width: size.width) }
        return Level.filled(colour, at: origin, from: coarse, rows, width: size.width) {
            trust.row($0, of: opacity, at: origin, size, into: &$1)
        }
    }

    /// Which pixels are certainly foreground; for thin objects without such pixels, the most opaque ones.
    ///
    /// Their confidence is 1, that of others 0; it is computed when it is needed, a row at a time.
    private struct Trust {
        private var threshold: Float = 0
        /// Whether the four neighbours must be as opaque.
        private var neighbours = false

        init(_ opacity: NDArray, at origin: (x: Int, y: Int), _ size: (height: Int, width: Int)) {
            let stride = opacity.shape[1]
            let most = opacity.withUnsafeBuffer { all in
                var most: Float = 0
                for y in 0..<size.height {
                    let first = (origin.y + y) * stride + origin.x
                    for x in 0..<size.width { most = max(most, all[first + x]) }
                }
                return most
            }
            var row = [Float](repeating: 0, count: size.width)
            for (threshold, neighbours) in [(0.98 as Float, true), (0.98, false), (most, false)] {
                (self.threshold, self.neighbours) = (min(threshold, most), neighbours)
                for y in 0..<size.height {
                    self.row(y, of: opacity, at: origin, size, into: &row)
                    if row.contains(1) { return }
                }
            }
        }

        /// The confidence of a row, 0 or 1.
        func row(
            _ y: Int, of opacity: NDArray, at origin: (x: Int, y: Int), _ size: (height: Int, width: Int),
            into out: inout [Float]
        ) {
            let (h, w, stride) = (size.height, size.width, opacity.shape[1])
            let first = (origin.y + y) * stride + origin.x
            opacity.withUnsafeBuffer { all in
                for x in 0..<w {
                    let at = first + x
                    var least = all[at]
                    if neighbours {
                        least = min(least, x > 0 ? all[at - 1] : 1, x < w - 1 ? all[at + 1] : 1)
                        least = min(least, y > 0 ? all[at - stride] : 1, y < h - 1 ? all[at + stride] : 1)
                    }
                    out[x] = least >= threshold ? 1 : 0
                }
            }
        }
    }

    private struct Level {
        let colour: NDArray
        /// Confidence, 0 … 1.
        let weight: NDArray

        var height: Int { weight.shape[0] }
        var width: Int { weight.shape[1] }

        /// The confidence of a row.
        func row(_ y: Int, _ out: inout [Float]) {
            weight.withUnsafeBuffer { weight in
                for x in 0..<width { out[x] = weight[y * width + x] }
            }
        }

        /// Some rows of a part of a picture.
        static func part(
            _ colour: NDArray, at origin: (x: Int, y: Int), _ rows: Range<Int>, width: Int
        ) -> NDArray {
            let stride = colour.shape[1]
            return NDArray(shape: [rows.count, width, 3]) { out in
                colour.withUnsafeBuffer { colour in
                    for y in rows {
                        let from = 3 * ((origin.y + y) * stride + origin.x),
                            to = 3 * (y - rows.lowerBound) * width
                        for i in 0..<3 * width { out[to + i] = colour[from + i] }
                    }
                }
            }
        }

        /// Averages over blocks of two by two of the part of a picture at `origin`, weighted by confidence.
        /// - Parameter confidence: gives that of a row of the part.
        static func halved(
            _ colour: NDArray, at origin: (x: Int, y: Int), _ size: (height: Int, width: Int),
            _ confidence: (_ row: Int, _ out: inout [Float]) -> Void
        ) -> Level {
            let (h, w, stride) = (size.height, size.width, colour.shape[1])
            let (hh, hw) = ((h + 1) / 2, (w + 1) / 2)
            var weights = [[Float]](repeating: [Float](repeating: 0, count: w), count: 2)
            var confident = NDArray.zeros([hh, hw])
            let mean = confident.withUnsafeMutableBuffer { known in
                NDArray(shape: [hh, hw, 3]) { out in
                    colour.withUnsafeBuffer { colour in
                        for y in 0..<hh {
                            for yy in 2 * y..<min(h, 2 * y + 2) { confidence(yy, &weights[yy - 2 * y]) }
                            for x in 0..<hw {
                                var sum = SIMD4<Float>.zero
                                for yy in 2 * y..<min(h, 2 * y + 2) {
                                    for xx in 2 * x..<min(w, 2 * x + 2) {
                                        let at = 3 * ((origin.y + yy) * stride + origin.x + xx)
                                        let rgb = SIMD4(colour[at], colour[at + 1], colour[at + 2], 1)
                                        sum += weights[yy - 2 * y][xx] * rgb
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
            return Level(colour: mean, weight: confident)
        }

        /// Some rows of the part's colours, blended by confidence with the coarser level's, bilinearly interpolated.
        static func filled(
            _ colour: NDArray, at origin: (x: Int, y: Int), from coarse: NDArray, _ rows: Range<Int>,
            width w: Int, _ confidence: (_ row: Int, _ out: inout [Float]) -> Void
        ) -> NDArray {
            let stride = colour.shape[1]
            let (ch, cw) = (coarse.shape[0], coarse.shape[1])
            var weight = [Float](repeating: 0, count: w)
            return NDArray(shape: [rows.count, w, 3]) { out in
                colour.withUnsafeBuffer { colour in
                    coarse.withUnsafeBuffer { coarse in
                        for y in rows {
                            confidence(y, &weight)
                            let (y0, y1, fy) = neighbours(y, ch)
                            let target = 3 * (y - rows.lowerBound) * w
                            for x in 0..<w {
                                let (x0, x1, fx) = neighbours(x, cw)
                                let at = 3 * ((origin.y + y) * stride + origin.x + x)
                                for k in 0..<3 {
                                    let top =
                                        coarse[3 * (y0 * cw + x0) + k] * (1 - fx) + coarse[
                                            3 * (y0 * cw + x1) + k] * fx
                                    let low =
                                        coarse[3 * (y1 * cw + x0) + k] * (1 - fx) + coarse[
                                            3 * (y1 * cw + x1) + k] * fx
                                    let outside = top * (1 - fy) + low * fy
                                    out[target + 3 * x + k] =
                                        weight[x] * colour[at + k] + (1 - weight[x]) * outside
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
