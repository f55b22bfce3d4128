// Growing, shrinking and softening masks.

import Arrays
import Foundation

extension Mask {
    /// The mask grown by a disc of `radius` pixels, or shrunk by one if `radius` is negative; hard edges result.
    ///
    /// The picture's border does not shrink the mask: what lies outside the picture counts as neither.
    public func grown(by radius: Float) -> Mask {
        guard radius != 0 else { return self }
        let limit = radius * radius
        let members = inside
        if radius > 0 {
            let distances = squaredDistances(to: members, width: width, height: height)
            return Mask(width: width, height: height, inside: distances.map { $0 <= limit })
        }
        let distances = squaredDistances(to: members.map { !$0 }, width: width, height: height)
        return Mask(width: width, height: height, inside: distances.map { $0 > limit })
    }

    /// The mask blurred by a Gaussian whose standard deviation is half of `radius` pixels; edges repeat.
    public func feathered(by radius: Float) -> Mask {
        guard radius > 0 else { return self }
        let sigma = radius / 2
        let reach = max(1, Int((3 * sigma).rounded(.up)))
        var weights = (-reach...reach).map { expf(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = weights.reduce(0, +)
        weights = weights.map { $0 / total }
        let (w, h) = (width, height)
        func blurred(_ source: NDArray, along rowWise: Bool) -> NDArray {
            source.withUnsafeBuffer { source in
                NDArray(shape: [h, w]) { buffer in
                    nonisolated(unsafe) let (source, out) = (source, buffer)
                    let weights = weights
                    parallelFor(h, chunk: rowChunk(w * weights.count)) { rows in
                        for y in rows {
                            for x in 0..<w { out[y * w + x] = 0 }
                            for (tap, weight) in weights.enumerated() {
                                let offset = tap - reach
                                let row = rowWise ? y : max(0, min(h - 1, y + offset))
                                for x in 0..<w {
                                    let column = rowWise ? max(0, min(w - 1, x + offset)) : x
                                    out[y * w + x] += weight * source[row * w + column]
                                }
                            }
                        }
                    }
                }
            }
        }
        return Mask(blurred(blurred(values, along: true), along: false))
    }
}
