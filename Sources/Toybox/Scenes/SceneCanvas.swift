// A working image of a scene: colour planes, blur, and camera effects.

/// Colour in display values, row-major, three channels.
struct SceneCanvas: Sendable {
    let width: Int
    let height: Int
    var pixels: [Vector]

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = [Vector](repeating: .zero, count: width * height)
    }

    /// Gaussian blur by `sigma` pixels, edges replicated.
    mutating func blur(_ sigma: Float) {
        guard sigma > 0.15 else { return }
        let reach = max(1, Int((2.5 * sigma).rounded(.up)))
        var kernel = (-reach...reach).map { ToyMath.exp(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = kernel.reduce(0, +)
        kernel = kernel.map { $0 / total }
        for vertical in [false, true] {
            let source = pixels
            source.withUnsafeBufferPointer { from in
                pixels.withUnsafeMutableBufferPointer { to in
                    for y in 0..<height {
                        for x in 0..<width {
                            var sum = Vector.zero
                            for k in -reach...reach {
                                let i =
                                    vertical
                                    ? min(max(y + k, 0), height - 1) * width + x
                                    : y * width + min(max(x + k, 0), width - 1)
                                sum += kernel[k + reach] * from[i]
                            }
                            to[y * width + x] = sum
                        }
                    }
                }
            }
        }
    }

    /// Random exposure, white balance, contrast, vignette, blur and noise of a camera.
    mutating func photograph(_ random: inout ToyRandom, strength: Float) {
        let gain = 1 + strength * random.uniform(-0.3, 0.3)
        let balance = Vector(
            1 + strength * random.uniform(-0.12, 0.12), 1 + strength * random.uniform(-0.05, 0.05),
            1 + strength * random.uniform(-0.12, 0.12))
        let contrast = 1 + strength * random.uniform(-0.25, 0.25),
            vignette = strength * random.uniform(0, 0.4)
        if random.chance(0.5 * strength + 0.2) { blur(random.uniform(0.2, 0.25 + 0.75 * strength)) }
        let sigma = random.chance(0.7) ? strength * random.uniform(0, 0.04) : 0,
            chroma = sigma * random.uniform(0.2, 1)
        for y in 0..<height {
            for x in 0..<width {
                let dx = (Float(x) + 0.5) / Float(width) - 0.5, dy = (Float(y) + 0.5) / Float(height) - 0.5
                let edge = 1 - vignette * 2 * (dx * dx + dy * dy)
                var c = pixels[y * width + x] * balance * (gain * edge)
                c = (c - 0.5) * contrast + 0.5
                if sigma > 0 {
                    // The sum of three uniform numbers approximates a normal one well enough for noise.
                    let n = (random.unit() + random.unit() + random.unit() - 1.5) * 2 * sigma
                    c +=
                        Vector(repeating: n) + (Vector(random.unit(), random.unit(), random.unit()) - 0.5)
                        * chroma
                }
                pixels[y * width + x] = c.clamped(lowerBound: .zero, upperBound: .one)
            }
        }
    }

    /// [height, width, 3] bytes.
    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: pixels.count * 3)
        for (i, p) in pixels.enumerated() {
            for c in 0..<3 { bytes[i * 3 + c] = UInt8(min(max(p[c], 0), 1) * 255 + 0.5) }
        }
        return bytes
    }
}
