// The square crop in which the view priors were trained to see objects.

package import Arrays

/// A similarity between a photograph and a square crop in which the object is centred.
///
/// The longer side of the object's bounding box is 46/64 of the square's side.
package struct Framing: Codable, Sendable, Hashable {
    /// Ratio of the longer side of the object's bounding box to the side of the square.
    package static let objectShare: Float = 46.0 / 64

    /// The centre of the object's bounding box, photograph pixels.
    package let centreX: Float
    package let centreY: Float
    /// Side of the square in photograph pixels.
    package let side: Float

    /// Frames an object.
    /// - Parameter box: the object's half-open bounding box in the photograph, not empty.
    package init(box: (x: Range<Int>, y: Range<Int>)) {
        precondition(!box.x.isEmpty && !box.y.isEmpty, "Framing: the object's box is empty")
        centreX = Float(box.x.lowerBound + box.x.upperBound) / 2
        centreY = Float(box.y.lowerBound + box.y.upperBound) / 2
        side = Float(max(box.x.count, box.y.count)) / Framing.objectShare
    }

    /// Resamples the square from a photograph, zero outside of it.
    ///
    /// Separable triangle filter, as wide as an output pixel but at least as an input pixel, so that
    /// minification does not alias.
    /// - Parameters:
    ///   - picture: `[height, width, channels]`, colours premultiplied by opacity.
    ///   - size: side of the result in pixels.
    /// - Returns: `[size, size, channels]`
    package func sample(_ picture: NDArray, size: Int) -> NDArray {
        precondition(picture.rank == 3 && size > 0, "Framing.sample: picture \(picture.shape), size \(size)")
        let (h, w, c) = (picture.shape[0], picture.shape[1], picture.shape[2])
        let columns = taps(centre: centreX, extent: w, size: size)
        let rows = taps(centre: centreY, extent: h, size: size)
        let first = rows.map(\.start).min() ?? 0
        let last = rows.map { $0.start + $0.weights.count }.max() ?? 0
        let span = max(0, last - first)
        let narrow = NDArray(shape: [span, size, c]) { out in
            picture.withUnsafeBuffer { input in
                nonisolated(unsafe) let (input, out) = (input, out)
                parallelFor(span, chunk: 16) { range in
                    for y in range {
                        let source = (first + y) * w * c
                        for (x, tap) in columns.enumerated() {
                            for k in 0..<c {
                                var sum: Float = 0
                                for (i, weight) in tap.weights.enumerated() {
                                    sum += weight * input[source + (tap.start + i) * c + k]
                                }
                                out[(y * size + x) * c + k] = sum
                            }
                        }
                    }
                }
            }
        }
        return NDArray(shape: [size, size, c]) { out in
            narrow.withUnsafeBuffer { input in
                nonisolated(unsafe) let (input, out) = (input, out)
                parallelFor(size, chunk: 8) { range in
                    for y in range {
                        let tap = rows[y]
                        for i in 0..<size * c {
                            var sum: Float = 0
                            for (j, weight) in tap.weights.enumerated() {
                                sum += weight * input[(tap.start - first + j) * size * c + i]
                            }
                            out[y * size * c + i] = sum
                        }
                    }
                }
            }
        }
    }

    /// Filter taps of each output pixel along one axis; taps outside the picture are dropped without
    /// renormalising.
    private func taps(centre: Float, extent: Int, size: Int) -> [(start: Int, weights: [Float])] {
        let step = side / Float(size)
        let radius = max(step, 1)
        return (0..<size).map { index in
            let position = centre + (Float(index) + 0.5 - Float(size) / 2) * step
            let low = Int((position - radius - 0.5).rounded(.down))
            let high = Int((position + radius - 0.5).rounded(.up))
            var weights: [Float] = []
            var total: Float = 0
            var start = extent
            for pixel in low...high {
                let weight = max(0, 1 - abs(Float(pixel) + 0.5 - position) / radius)
                total += weight
                guard (0..<extent).contains(pixel), weight > 0 else { continue }
                if weights.isEmpty { start = pixel }
                weights.append(weight)
            }
            return (weights.isEmpty ? 0 : start, weights.map { $0 / total })
        }
    }
}
