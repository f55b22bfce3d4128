// Natural surfaces without a pattern (stone, fur, foliage, cloud, water) as multi-octave noise.

/// Noise with the spectral falloff of photographs, optionally anisotropic, in three tones.
struct NaturalSurface: Sendable {
    /// Tones of the noise, dark to light.
    let tones: (Vector, Vector, Vector)
    /// Cycles per pixel of the coarsest octave, along and across the grain.
    let frequency: (along: Float, across: Float)
    /// Strength of each octave relative to the one before: 0.5 is smooth, 0.9 rough.
    let gain: Float
    /// Amplitude of the domain warp, in pixels.
    let warp: Float
    /// Contrast between tones; above 1 they form patches.
    let contrast: Float
    private let angle: (cos: Float, sin: Float)
    private let noise: SceneNoise

    init(random: inout ToyRandom, palette: [Vector]) {
        let base = random.pick(palette) * random.uniform(0.55, 1.25), depth = random.uniform(0.1, 0.9)
        let other = random.chance(0.3) ? random.pick(palette) : base
        tones = (base * (1 - depth), base, other + (Vector(repeating: 1) - other) * (0.6 * depth))
        let coarse = 0.5 / (4 * ToyMath.exp(random.uniform(0, 3.6)))
        let stretch = random.chance(0.4) ? ToyMath.exp(random.uniform(0.4, 2.6)) : 1
        frequency = (coarse / stretch.squareRoot(), coarse * stretch.squareRoot())
        gain = random.uniform(0.4, 0.92)
        warp = random.chance(0.5) ? random.uniform(0, 25) : 0
        contrast = random.uniform(0.8, 2.6)
        let turn = random.chance(0.4) ? 0 : random.uniform(0, .pi)
        angle = (ToyMath.cos(turn), ToyMath.sin(turn))
        noise = SceneNoise(seed: UInt32(truncatingIfNeeded: random.next()))
    }

    /// The colour at a pixel, not clamped.
    func colour(_ x: Float, _ y: Float) -> Vector {
        var u = x * angle.cos + y * angle.sin, v = y * angle.cos - x * angle.sin
        if warp > 0 {
            u += warp * (noise.value(x * 0.021 + 90, y * 0.021) - 0.5)
            v += warp * (noise.value(x * 0.021, y * 0.021 + 70) - 0.5)
        }
        u *= frequency.along
        v *= frequency.across
        var sum: Float = 0, weight: Float = 1, total: Float = 0
        for octave in 0..<6 {
            sum += weight * noise.value(u + Float(octave) * 17.3, v + Float(octave) * 5.1)
            total += weight
            weight *= gain
            u *= 2.03
            v *= 2.03
        }
        // Sums of octaves concentrate around 0.5; the factor restores their range.
        let t = min(max(0.5 + (sum / total - 0.5) * 1.8 * contrast, 0), 1)
        return t < 0.5
            ? tones.0 + (tones.1 - tones.0) * (2 * t) : tones.1 + (tones.2 - tones.1) * (2 * t - 1)
    }
}
