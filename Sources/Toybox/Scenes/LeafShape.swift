// Outlines of the shapes in dead-leaves images.

/// A shape about the origin, as a signed depth in pixels.
struct LeafShape: Sendable {
    private enum Outline {
        case ellipse(a: Float, b: Float)
        case box(a: Float, b: Float)
        case polygon(corners: Int, radius: Float)
        /// A circle with a sinusoidally varying radius; amplitude and phase per number of lobes.
        case blob(radius: Float, harmonics: [(lobes: Float, size: Float, phase: Float)])
        case half
    }

    private let outline: Outline
    /// Radius of a bounding circle; infinite for a half-plane.
    let reach: Float

    /// A shape of about the given radius, in pixels.
    init(random: inout ToyRandom, radius: Float) {
        switch random.index(20) {
        case 0..<6:
            let b = radius * random.uniform(0.25, 1)
            (outline, reach) = (.ellipse(a: radius, b: b), radius)
        case 6..<10:
            let b = radius * random.uniform(0.3, 1)
            (outline, reach) = (.box(a: radius, b: b), (radius * radius + b * b).squareRoot())
        case 10..<13:
            // Branches, wires, posts.
            let a = 2.5 * radius, b = max(0.7, radius * random.uniform(0.03, 0.14))
            (outline, reach) = (.box(a: a, b: b), (a * a + b * b).squareRoot())
        case 13..<15:
            (outline, reach) = (.polygon(corners: 3 + random.index(4), radius: radius), radius * 2)
        case 19:
            (outline, reach) = (.half, .infinity)
        default:
            let harmonics = (2..<7).map {
                (
                    lobes: Float($0), size: radius * random.uniform(0, 0.7) / Float($0),
                    phase: random.uniform(0, 2 * .pi)
                )
            }
            (outline, reach) = (.blob(radius: radius, harmonics: harmonics), radius * 2)
        }
    }

    /// Signed distance to the outline at (u, v) in pixels, positive inside; approximate, sufficient for edges and
    /// shading.
    func depth(_ u: Float, _ v: Float) -> Float {
        switch outline {
        case .ellipse(let a, let b):
            return (1 - ((u / a) * (u / a) + (v / b) * (v / b)).squareRoot()) * min(a, b)
        case .box(let a, let b): return min(a - abs(u), b - abs(v))
        case .polygon(let corners, let radius):
            let sector = 2 * Float.pi / Float(corners), turn = ToyMath.atan2(v, u)
            let within = turn - (turn / sector).rounded() * sector
            return radius * 0.8 - (u * u + v * v).squareRoot() * ToyMath.cos(within)
        case .blob(let radius, let harmonics):
            let turn = ToyMath.atan2(v, u)
            let edge = harmonics.reduce(radius) { $0 + $1.size * ToyMath.sin($1.lobes * turn + $1.phase) }
            return edge - (u * u + v * v).squareRoot()
        case .half: return -v
        }
    }
}
