// Lighting fixed relative to the object, so that its appearance does not depend on the viewpoint.

/// A directional light with ambient, hemisphere and occlusion terms.
public struct ToyLight: Sendable, Equatable {
    /// Unit vector towards the light.
    public var direction: SIMD3<Float>
    /// Unit vector upwards, for the hemisphere term.
    public var up: SIMD3<Float> = [0, 1, 0]
    public var ambient: Float = 0.42
    public var directional: Float = 0.32
    public var hemisphere: Float = 0.30
    public var occlusion: Float = 0.45
    /// Colour of the directional term.
    public var tint: SIMD3<Float> = [1, 1, 1]

    public init(direction: SIMD3<Float>) { self.direction = direction.normalised }

    /// A light from the upper left front.
    public static let studio = ToyLight(direction: [-0.5, 0.8, 0.6])

    /// A light from a random azimuth, 25…70° above the horizon.
    init(random: inout ToyRandom) {
        let azimuth = random.uniform(0, 2 * .pi), elevation = ToyMath.radians(random.uniform(25, 70))
        self.init(direction: [
            ToyMath.sin(azimuth) * ToyMath.cos(elevation), ToyMath.sin(elevation),
            ToyMath.cos(azimuth) * ToyMath.cos(elevation),
        ])
    }

    /// The floats of `CK_TOY_LIGHT`.
    var packed: [Float] {
        [
            direction.x, direction.y, direction.z, up.x, up.y, up.z, ambient, directional, hemisphere,
            occlusion,
        ]
            + [tint.x, tint.y, tint.z]
    }
}
