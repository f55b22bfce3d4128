// Procedural surfaces for grounds, walls and backdrops.

/// A surface as a function of two coordinates in scene units.
package struct SceneTexture: Sendable {
    package enum Kind: CaseIterable {
        case plain, clouds, gradient, stripes, checks, tiles, bricks, planks, marble, speckle, dots, plaid,
            cells, cobbles
        case grass, waves, pages, blotches, carpet, triangles
    }

    let kind: Kind
    let first: Vector
    let second: Vector
    let third: Vector
    /// Repeats per scene unit.
    let frequency: Float
    let angle: (cos: Float, sin: Float)
    /// Strength of dirt and wear.
    let wear: Float
    let noise: SceneNoise

    package init(random: inout ToyRandom, kind chosen: Kind? = nil) {
        kind = chosen ?? random.pick(Kind.allCases)
        first = Self.natural(&random)
        let near = random.chance(0.55)
        let other = Self.natural(&random)
        // Two tones of one colour are more common than two colours.
        let tone = random.uniform(0.45, 1.5)
        second = near ? (first * tone).clamped(lowerBound: .zero, upperBound: .one) : other
        third = random.chance(0.5) ? Self.natural(&random) : (first * random.uniform(0.5, 0.9))
        frequency = 0.7 * ToyMath.exp(random.uniform(0, 2.6))
        let turn = random.chance(0.5) ? Float(0) : random.uniform(0, .pi)
        angle = (ToyMath.cos(turn), ToyMath.sin(turn))
        wear = random.chance(0.75) ? random.uniform(0.02, 0.4) : 0
        noise = SceneNoise(seed: UInt32(truncatingIfNeeded: random.next()))
    }

    /// A surface in colours similar to those of a palette.
    init(random: inout ToyRandom, palette: [Vector]) {
        let drawn = SceneTexture(random: &random)
        func near() -> Vector {
            (random.pick(palette) * random.uniform(0.6, 1.3)).clamped(lowerBound: .zero, upperBound: .one)
        }
        kind = drawn.kind
        (first, second, third) = (near(), near(), near())
        (frequency, angle, wear, noise) = (drawn.frequency, drawn.angle, drawn.wear, drawn.noise)
    }

    /// A surface in the given colours, axis-aligned (planks may run either way), with little wear.
    init(
        random: inout ToyRandom, kind: Kind, first: Vector, second: Vector, third: Vector, frequency: Float
    ) {
        (self.kind, self.first, self.second, self.third) = (kind, first, second, third)
        self.frequency = frequency
        angle = kind == .planks && random.chance(0.3) ? (0, 1) : (1, 0)
        wear = random.uniform(0.02, 0.15)
        noise = SceneNoise(seed: UInt32(truncatingIfNeeded: random.next()))
    }

    /// Colours typical of rooms and streets: mostly muted, some saturated.
    package static func natural(_ random: inout ToyRandom) -> Vector {
        if random.chance(0.15) { return random.pick(Tint.palette).colour * random.uniform(0.7, 1.1) }
        let hue = random.chance(0.5) ? random.uniform(0.02, 0.16) : random.unit()
        let strength = random.unit()
        return hsv(hue, strength * strength * 0.8, random.uniform(0.12, 0.97))
    }

    package static func hsv(_ hue: Float, _ saturation: Float, _ value: Float) -> Vector {
        func channel(_ n: Float) -> Float {
            let k = (n + hue * 6).truncatingRemainder(dividingBy: 6)
            return value - value * saturation * max(0, min(k, 4 - k, 1))
        }
        return Vector(channel(5), channel(3), channel(1))
    }

    /// The colour at (x, y); `footprint` is the side of a pixel there, in scene units, below which detail is faded
    /// out.
    package func colour(_ x: Float, _ y: Float, footprint: Float) -> Vector {
        let fade = max(0, 1 - footprint * frequency * 1.4)
        let u = (x * angle.cos + y * angle.sin) * frequency, v = (y * angle.cos - x * angle.sin) * frequency
        var c = pattern(u, v, fade)
        if wear > 0 {
            let n = noise.fractal(x * 2.3 + 40, y * 2.3, octaves: 4) - 0.5
            let grain = (noise.value(x * 55, y * 55) - 0.5) * max(0, 1 - footprint * 40)
            c *= 1 + wear * (1.6 * n + 0.5 * grain)
        }
        return c.clamped(lowerBound: .zero, upperBound: .one)
    }

    private func mix(_ a: Vector, _ b: Vector, _ t: Float) -> Vector { a + (b - a) * t }
    private func fraction(_ a: Float) -> Float { a - a.rounded(.down) }

    private func pattern(_ u: Float, _ v: Float, _ fade: Float) -> Vector {
        switch kind {
        case .plain: return first
        case .clouds: return mix(first, second, noise.fractal(u * 0.6, v * 0.6, octaves: 5))
        case .gradient: return mix(first, second, min(max(0.5 + 0.25 * v / frequency, 0), 1))
        case .stripes: return mix(first, second, fraction(u) > 0.5 ? fade : (1 - fade) * 0.5)
        case .checks:
            let odd = (Int(u.rounded(.down)) &+ Int(v.rounded(.down))) & 1 == 1
            return mix(first, second, odd ? 0.5 + 0.5 * fade : 0.5 - 0.5 * fade)
        case .tiles:
            let a = fraction(u), b = fraction(v)
            if a < 0.06 || b < 0.06 { return mix(first, third, fade) }
            let tone = noise.lattice(
                Int32(clamping: Int(u.rounded(.down))), Int32(clamping: Int(v.rounded(.down))))
            return mix(first, second, tone * 0.5 * fade)
        case .bricks:
            let row = v.rounded(.down), a = fraction(u * 0.5 + (Int(row) & 1 == 1 ? 0.5 : 0)), b = fraction(v)
            if a < 0.05 || b < 0.1 { return mix(first, third, fade) }
            let tone = noise.lattice(
                Int32(clamping: Int((u * 0.5 + (Int(row) & 1 == 1 ? 0.5 : 0)).rounded(.down))),
                Int32(clamping: Int(row)))
            return mix(first, second, tone * fade)
        case .planks:
            let row = Int32(clamping: Int(v.rounded(.down))), b = fraction(v)
            let along = u * 0.15 + noise.lattice(row, 5) * 9, a = fraction(along)
            if b < 0.035 || a < 0.008 { return mix(first, first * 0.4, fade) }
            let tone = noise.lattice(row, Int32(clamping: Int(along.rounded(.down))))
            let grain = noise.fractal(u * 0.7 + tone * 60, v * 9, octaves: 3)
            return mix(first, first * 0.55, 0.5 * tone + (grain - 0.4) * 0.9 * fade)
        case .marble:
            let warp = noise.fractal(u, v, octaves: 5)
            let line = abs(fraction(u * 0.6 + 2.4 * warp) * 2 - 1)
            return mix(first, second, line * line * line)
        case .speckle:
            let n = noise.value(u * 9, v * 9), m = noise.value(u * 17 + 31, v * 17)
            return mix(mix(first, second, n > 0.66 ? fade : 0), third, m > 0.8 ? fade : 0)
        case .dots:
            let row = Int(v.rounded(.down)), a = fraction(u + (row & 1 == 1 ? 0.5 : 0)) - 0.5,
                b = fraction(v) - 0.5
            return mix(first, second, a * a + b * b < 0.08 ? fade : 0)
        case .plaid:
            let a: Float = fraction(u) < 0.3 ? 0.5 : 0, b: Float = fraction(v) < 0.3 ? 0.5 : 0
            let thin: Float = fraction(u + 0.65) < 0.06 || fraction(v + 0.65) < 0.06 ? fade : 0
            return mix(mix(first, second, (a + b) * fade), third, thin)
        case .cells:
            let c = noise.cell(u, v)
            return mix(mix(first, second, c.tone), third, c.tone > 0.8 ? 1 : 0)
        case .cobbles:
            let c = noise.cell(u, v), gap = min(max((c.second - c.first) * 7, 0), 1)
            return mix(third * 0.6, mix(first, second, c.tone * 0.7), gap * fade + (1 - fade) * 0.8)
        case .grass:
            let n = noise.fractal(u * 1.3, v * 1.3, octaves: 3), blade = noise.value(u * 6, v * 26)
            let green = Vector(0.20 + 0.25 * n, 0.38 + 0.25 * n, 0.12 + 0.06 * n)
            return mix(green, first, 0.2) * (0.7 + 0.6 * blade * fade + 0.3 * (1 - fade))
        case .waves:
            let n = ToyMath.sin(6.28 * (v + 0.35 * ToyMath.sin(u * 2.1) + 0.4 * noise.value(u, v)))
            return mix(first, second, 0.5 + 0.5 * n * fade)
        case .pages:
            // Lines that resemble print.
            let row = Int32(clamping: Int((v * 3).rounded(.down))), b = fraction(v * 3)
            let ink =
                noise.value(u * 11, Float(row) * 3.1) > 0.42 && b > 0.35 && b < 0.8
                && noise.lattice(row, 3) > 0.15
            return mix(Vector(repeating: 0.9) * (0.7 + 0.3 * first), second * 0.3, ink ? fade : 0)
        case .blotches:
            let a = noise.fractal(u * 0.5, v * 0.5, octaves: 2),
                b = noise.fractal(u * 0.4 + 77, v * 0.4, octaves: 2)
            return a > 0.55 ? second : b > 0.55 ? third : first
        case .carpet:
            let n = noise.value(u * 14, v * 14), m = noise.fractal(u, v, octaves: 3)
            return mix(first, second, 0.35 * m) * (0.72 + 0.5 * n * fade)
        case .triangles:
            let a = fraction(u), b = fraction(v), up = a + b > 1
            let tone = noise.lattice(
                Int32(clamping: Int(u.rounded(.down))),
                Int32(clamping: Int(v.rounded(.down)) &* 2 &+ (up ? 1 : 0)))
            return tone < 0.4 ? first : tone < 0.75 ? second : third
        }
    }
}
