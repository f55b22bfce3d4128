// The border between a pasted part and the picture: colour matching and step measurement.

import Arrays
public import Images

/// The border of a hole.
public struct Seam: Sendable {
    /// Mean absolute differences of neighbouring pixels across the border, over all channels, in 8-bit
    /// levels.
    public struct Steps: Sendable, Hashable, Codable {
        /// In the result.
        public var result: Float
        /// At the same places in the picture before the edit.
        public var before: Float
        /// At the same places in the model's output.
        public var made: Float

        /// Mean of what exceeds the larger of the picture's and the model's own step: the step added by the
        /// edit.
        public var excess: Float
    }

    let width: Int
    let height: Int
    /// Pairs of neighbours across the border: one in the hole, one outside.
    private let pairs: [(inner: Int, outer: Int)]

    /// The border of a hole; empty if the hole is empty or covers everything.
    public init(of hole: Mask) {
        (width, height) = (hole.width, hole.height)
        let members = hole.inside, (w, h) = (hole.width, hole.height)
        var pairs: [(inner: Int, outer: Int)] = []
        func add(_ here: Int, _ next: Int) {
            guard members[here] != members[next] else { return }
            pairs.append(members[here] ? (here, next) : (next, here))
        }
        for y in 0..<h {
            for x in 0..<w {
                let here = y * w + x
                if x + 1 < w { add(here, here + 1) }
                if y + 1 < h { add(here, here + w) }
            }
        }
        self.pairs = pairs
    }

    /// Whether there is no border.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The model's output with its colours shifted to match the picture at the border.
    ///
    /// The differences just outside the hole, where both are known, are interpolated harmonically into the
    /// hole and added (Pérez et al. 2003).
    /// - Parameters:
    ///   - made: the model's output, with the colour channels of `picture`.
    ///   - picture: of the same size.
    ///   - depths: distance of each pixel from the border of the hole; if given, the shift fades to zero at
    ///     half of the greatest depth.
    public func matched(_ made: Image, to picture: Image, depths: [Float]? = nil) -> Image {
        check(made, picture)
        guard !pairs.isEmpty else { return made }
        let c = made.channels
        var offsets = [Float](repeating: 0, count: width * height * c)
        var known = [Bool](repeating: false, count: width * height)
        made.pixels.withUnsafeBuffer { made in
            picture.pixels.withUnsafeBuffer { picture in
                for pair in pairs {
                    known[pair.outer] = true
                    for k in pair.outer * c..<(pair.outer + 1) * c { offsets[k] = picture[k] - made[k] }
                }
            }
        }
        let shift = HarmonicFill.fill(offsets, known: known, width: width, height: height, channels: c)
        let reach = max(1, 0.5 * (depths?.max() ?? 0))
        func weight(_ pixel: Int) -> Float {
            guard let depths else { return 1 }
            // The first pixel of the hole, of depth 1, is shifted in full.
            let t = min(1, max(0, (depths[pixel] - 1) / reach))
            return 1 - t * t * (3 - 2 * t)
        }
        var result = made
        result.pixels.withUnsafeMutableBuffer { values in
            for k in values.indices { values[k] = min(1, max(0, values[k] + weight(k / c) * shift[k])) }
        }
        return result
    }

    /// Measures the steps across the border.
    /// - Parameters:
    ///   - result: the edited picture.
    ///   - before: the picture before the edit.
    ///   - made: the model's output, of the same size.
    public func steps(result: Image, before: Image, made: Image) -> Steps {
        check(result, before)
        check(made, before)
        let levels = 255 / Float(max(1, pairs.count * result.channels))
        let sums = sums(result, before, made)
        return Steps(
            result: Float(sums.result) * levels, before: Float(sums.before) * levels,
            made: Float(sums.made) * levels, excess: Float(sums.excess) * levels)
    }

    private func sums(_ result: Image, _ before: Image, _ made: Image) -> (
        result: Double, before: Double, made: Double, excess: Double
    ) {
        let c = result.channels
        return result.pixels.withUnsafeBuffer { result in
            before.pixels.withUnsafeBuffer { before in
                made.pixels.withUnsafeBuffer { made in
                    pairs.reduce(into: (0, 0, 0, 0)) { sums, pair in
                        for k in 0..<c {
                            let (i, o) = (pair.inner * c + k, pair.outer * c + k)
                            let steps = (
                                abs(result[i] - result[o]), abs(before[i] - before[o]), abs(made[i] - made[o])
                            )
                            sums.0 += Double(steps.0)
                            sums.1 += Double(steps.1)
                            sums.2 += Double(steps.2)
                            sums.3 += Double(max(0, steps.0 - max(steps.1, steps.2)))
                        }
                    }
                }
            }
        }
    }

    private func check(_ a: Image, _ b: Image) {
        precondition(
            a.pixels.shape == b.pixels.shape && a.width == width && a.height == height,
            "Seam: pictures \(a.pixels.shape) and \(b.pixels.shape) for a hole of \(width)×\(height)")
    }
}
