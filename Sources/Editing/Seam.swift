// Where the made-up part meets the picture: matching its colours, and measuring the step.

import Arrays
public import Images

/// The border between a hole and what surrounds it.
public struct Seam: Sendable {
    /// Steps between neighbours on both sides of the border, in levels of 8 bits: the mean over the border and over the colour
    /// channels.
    public struct Steps: Sendable, Hashable, Codable {
        /// Across the border in the result.
        public var result: Float
        /// At the same places in the picture before the edit.
        public var before: Float
        /// At the same places in what the model made, both sides being its own.
        public var made: Float

        /// What the edit itself adds: by how much the step is larger than both the picture's and the model's own.
        public var excess: Float { max(0, result - max(before, made)) }
    }

    let width: Int
    let height: Int
    /// Pairs of pixels: one in the hole, the other beside it and not.
    private let pairs: [(inner: Int, outer: Int)]

    /// The border of the hole; empty if the hole is, or leaves nothing outside.
    public init(of hole: Mask) {
        (width, height) = (hole.width, hole.height)
        let members = hole.inside, (w, h) = (hole.width, hole.height)
        var pairs: [(inner: Int, outer: Int)] = []
        for y in 0..<h {
            for x in 0..<w {
                let here = y * w + x
                for next in [x + 1 < w ? here + 1 : here, y + 1 < h ? here + w : here]
                where members[here] != members[next] {
                    pairs.append(members[here] ? (here, next) : (next, here))
                }
            }
        }
        self.pairs = pairs
    }

    /// Whether there is any border.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The model's picture with its colours bent so that it meets the picture at the border.
    ///
    /// The differences just outside the hole, where both are known, are spread over the hole as a membrane (Pérez et al.
    /// 2003): local differences stay local, a difference of the whole tone moves the whole.
    /// - Parameters:
    ///   - made: the model's picture, with the colour channels of `picture`.
    ///   - picture: of the same size.
    public func matched(_ made: Image, to picture: Image) -> Image {
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
        let membrane = Membrane.fill(offsets, known: known, width: width, height: height, channels: c)
        var result = made
        result.pixels.withUnsafeMutableBuffer { values in
            for k in values.indices { values[k] = min(1, max(0, values[k] + membrane[k])) }
        }
        return result
    }

    /// The steps across the border.
    /// - Parameters:
    ///   - result: the edited picture.
    ///   - before: the picture.
    ///   - made: what was laid into the hole, whole.
    public func steps(result: Image, before: Image, made: Image) -> Steps {
        check(result, before)
        check(made, before)
        return Steps(result: step(result), before: step(before), made: step(made))
    }

    private func step(_ image: Image) -> Float {
        guard !pairs.isEmpty else { return 0 }
        let c = image.channels
        let sum = image.pixels.withUnsafeBuffer { values in
            pairs.reduce(Double(0)) { sum, pair in
                (0..<c).reduce(sum) {
                    $0 + Double(abs(values[pair.inner * c + $1] - values[pair.outer * c + $1]))
                }
            }
        }
        return Float(sum / Double(pairs.count * c)) * 255
    }

    private func check(_ a: Image, _ b: Image) {
        precondition(
            a.pixels.shape == b.pixels.shape && a.width == width && a.height == height,
            "Seam: pictures \(a.pixels.shape) and \(b.pixels.shape) for a hole of \(width)×\(height)")
    }
}
