// Gaussian mixture models of colours.

import Foundation

/// A mixture of Gaussians with full covariances over colours in [0, 1].
///
/// Initialised by binary splits along the principal axis (Orchard and Bouman, Color Quantization of Images, 1991), as
/// in GrabCut, then fitted by hard assignment. Deterministic.
package struct ColourMixture {
    package typealias Colour = SIMD3<Float>

    private var parts: [Part]

    /// - Parameters:
    ///   - colours: at least one.
    ///   - count: maximum number of Gaussians.
    ///   - rounds: iterations of assignment and refitting after the splits.
    package init(_ colours: [Colour], count: Int = 5, rounds: Int = 2) {
        precondition(!colours.isEmpty && count > 0, "ColourMixture: \(colours.count) colours, \(count) parts")
        var groups = [colours]
        var fitted = [Gaussian(colours)]
        while groups.count < count {
            let spreads = zip(fitted, groups).map { $0.principal.variance * Float($1.count) }
            let widest = spreads.indices.max { spreads[$0] < spreads[$1] } ?? 0
            let (axis, mean) = (fitted[widest].principal.axis, fitted[widest].mean)
            let low = groups[widest].filter { (($0 - mean) * axis).sum() <= 0 }
            let high = groups[widest].filter { (($0 - mean) * axis).sum() > 0 }
            // A single colour cannot be split.
            guard !low.isEmpty, !high.isEmpty else { break }
            groups[widest] = low
            fitted[widest] = Gaussian(low)
            groups.append(high)
            fitted.append(Gaussian(high))
        }
        parts = zip(fitted, groups).map {
            Part($0, share: Float($1.count) / Float(colours.count))
        }
        for _ in 0..<rounds { refit(colours) }
    }

    private mutating func refit(_ colours: [Colour]) {
        var groups = [[Colour]](repeating: [], count: parts.count)
        for colour in colours {
            let nearest = parts.indices.min { parts[$0].cost(colour) < parts[$1].cost(colour) } ?? 0
            groups[nearest].append(colour)
        }
        parts = groups.filter { !$0.isEmpty }.map {
            Part(Gaussian($0), share: Float($0.count) / Float(colours.count))
        }
    }

    /// The negative log density at a colour.
    package func cost(_ colour: Colour) -> Float {
        // Relative to the most likely component, so that exponentials do not underflow.
        var least = Float.infinity
        for part in parts { least = min(least, part.cost(colour)) }
        var sum: Float = 0
        for part in parts { sum += expf(least - part.cost(colour)) }
        return least - logf(sum)
    }

    private struct Part {
        private let mean: Colour
        /// Rows of the inverse covariance.
        private let inverse: (Colour, Colour, Colour)
        /// The negative logarithm of weight and normalisation.
        private let constant: Float

        init(_ gaussian: Gaussian, share: Float) {
            mean = gaussian.mean
            inverse = gaussian.inverse
            constant = 0.5 * Float(log(gaussian.determinant)) - logf(share) + 1.5 * logf(2 * .pi)
        }

        func cost(_ colour: Colour) -> Float {
            let d = colour - mean
            let moved = Colour((inverse.0 * d).sum(), (inverse.1 * d).sum(), (inverse.2 * d).sum())
            return constant + 0.5 * (d * moved).sum()
        }
    }

    private struct Gaussian {
        let mean: Colour
        let determinant: Double
        /// Rows of the inverse covariance.
        let inverse: (Colour, Colour, Colour)
        /// Direction and variance of the principal axis.
        let principal: (axis: Colour, variance: Float)
        /// Variance that 8-bit rounding and compression cause even on a uniform surface.
        private static let floor: Double = (2.0 / 255) * (2.0 / 255)

        init(_ colours: [Colour]) {
            // In double precision: for greys the covariance is nearly singular.
            var sum = SIMD3<Double>.zero
            for colour in colours { sum += SIMD3<Double>(colour) }
            let centre = sum / Double(colours.count)
            var (x, y, z) = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
            for colour in colours {
                let d = SIMD3<Double>(colour) - centre
                x += d * d.x
                y += d * d.y
                z += d * d.z
            }
            let scale = 1 / Double(colours.count)
            x = x * scale + [Self.floor, 0, 0]
            y = y * scale + [0, Self.floor, 0]
            z = z * scale + [0, 0, Self.floor]
            mean = Colour(centre)
            determinant = (x * Self.cross(y, z)).sum()
            // For a symmetric matrix the cofactor matrix is the adjugate.
            inverse = (
                Colour(Self.cross(y, z) / determinant), Colour(Self.cross(z, x) / determinant),
                Colour(Self.cross(x, y) / determinant)
            )
            principal = Self.principal(x, y, z)
        }

        /// By power iteration.
        private static func principal(
            _ x: SIMD3<Double>, _ y: SIMD3<Double>, _ z: SIMD3<Double>
        ) -> (axis: Colour, variance: Float) {
            var axis = SIMD3<Double>(0.6, 0.58, 0.55)
            var variance = 0.0
            for _ in 0..<24 {
                let moved = SIMD3((x * axis).sum(), (y * axis).sum(), (z * axis).sum())
                variance = (moved * moved).sum().squareRoot()
                axis = moved / variance
            }
            return (Colour(axis), Float(variance))
        }

        private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        }
    }
}
