// The light of a sample: a few directions that stand for a panorama (or a sky), and one strong source.

package import Toybox

/// Light from all round as `directions` with radiances, and a key light with a sharp shadow.
package struct LightProbe: Sendable {
    /// Unit vectors towards the light, spread evenly over the sphere.
    package var directions: [SIMD3<Float>]
    /// What each adds to the irradiance over π of a surface that faces it, linear.
    package var radiances: [SIMD3<Float>]
    package var key: SIMD3<Float>
    package var keyRadiance: SIMD3<Float>
    /// Light that reaches everything.
    package var ambient: SIMD3<Float>
    /// Strength and exponent of a highlight (Blinn 1977); strength 0: a matt surface.
    package var shine: (strength: Float, exponent: Float)

    package static let count = 16

    /// A light drawn from the panoramas, or from skies where there are none.
    package init(_ random: inout ToyRandom, panoramas: [Panorama]) {
        let directions = Self.spread(&random)
        let turn = random.uniform(0, 2 * .pi)
        if !panoramas.isEmpty, random.chance(0.7) {
            self.radiances = Self.gather(random.pick(panoramas), directions, turn)
        } else {
            let sky = SceneTexture.hsv(random.unit(), random.uniform(0, 0.25), 1)
            let ground = SceneTexture.hsv(
                random.uniform(0, 0.3), random.uniform(0, 0.4), random.uniform(0.15, 0.7))
            self.radiances = directions.map { (sky * (0.5 + 0.5 * $0.y) + ground * (0.5 - 0.5 * $0.y)) }
        }
        // The key comes from where the surroundings are brightest, or from anywhere above.
        self.directions = directions
        let radiances = self.radiances
        let brightest = radiances.indices.max { radiances[$0].sum() < radiances[$1].sum() } ?? 0
        if random.chance(0.5), directions[brightest].y > 0 {
            key = directions[brightest]
        } else {
            let azimuth = random.uniform(0, 2 * .pi), elevation = ToyMath.radians(random.uniform(15, 80))
            key = SIMD3(
                ToyMath.sin(azimuth) * ToyMath.cos(elevation), ToyMath.sin(elevation),
                ToyMath.cos(azimuth) * ToyMath.cos(elevation))
        }
        let tint = SceneTexture.hsv(random.uniform(0.05, 0.15), random.uniform(0, 0.25), 1)
        let strong = random.chance(0.6) ? random.uniform(0.3, 1.6) : 0
        keyRadiance = tint * strong
        ambient = .zero
        shine =
            random.chance(0.35) ? (random.uniform(0.05, 0.6), ToyMath.exp(random.uniform(1.5, 5))) : (0, 1)
        expose(random.uniform(0.85, 1.4), saturation: random.uniform(0.2, 0.8))
    }

    /// Scales the light so that a white sphere's upper half would have the mean irradiance `gain`.
    private mutating func expose(_ gain: Float, saturation: Float) {
        for k in radiances.indices {
            let grey = radiances[k].sum() / 3
            radiances[k] = SIMD3(repeating: grey) * (1 - saturation) + radiances[k] * saturation
        }
        let around = directions.indices.reduce(SIMD3<Float>.zero) { sum, k in
            sum + radiances[k] * (0.25 + 0.15 * directions[k].y)
        }
        let level = max((around.sum() / 3), 1e-4)
        for k in radiances.indices { radiances[k] /= level }
        ambient = SIMD3(repeating: 0.12)
        // A key of strength 1 gives what it faces as much again as all the rest.
        let total = gain / (1 + 0.4 * keyRadiance.sum() / 3)
        for k in radiances.indices { radiances[k] *= total }
        keyRadiance *= total
    }

    /// Points of a Fibonacci lattice, turned at random.
    private static func spread(_ random: inout ToyRandom) -> [SIMD3<Float>] {
        let turn = Rotation(
            degrees: SIMD3(random.uniform(0, 360), random.uniform(0, 360), random.uniform(0, 360)))
        return (0..<count).map { k in
            let y = 1 - (2 * Float(k) + 1) / Float(count), r = (1 - y * y).squareRoot()
            let a = Float(k) * 2.399963
            return turn.applied(to: SIMD3(r * ToyMath.cos(a), y, r * ToyMath.sin(a)))
        }
    }

    /// The radiance of the surroundings about each direction, the panorama turned about the vertical.
    private static func gather(_ panorama: Panorama, _ directions: [SIMD3<Float>], _ turn: Float) -> [SIMD3<
        Float
    >] {
        let c = ToyMath.cos(turn), s = ToyMath.sin(turn)
        var sums = [SIMD4<Float>](repeating: .zero, count: directions.count)
        for row in 0..<Panorama.rows {
            let area = ToyMath.cos(.pi * (0.5 - (Float(row) + 0.5) / Float(Panorama.rows)))
            for column in 0..<Panorama.columns {
                let d = Panorama.direction(row: row, column: column)
                let turned = SIMD3(c * d.x + s * d.z, d.y, c * d.z - s * d.x)
                // Each cell goes to the direction nearest to it.
                var best = 0
                for k in directions.indices where turned.dot(directions[k]) > turned.dot(directions[best]) {
                    best = k
                }
                sums[best] += SIMD4(panorama.cells[row * Panorama.columns + column] * area, area)
            }
        }
        return sums.map { SIMD3($0.x, $0.y, $0.z) / max($0.w, 1e-3) }
    }
}
