// Named surroundings, for background replacement by prompt and for captions.

/// A ground and a background, with their description.
struct ToySurroundings: Sendable {
    /// "on grass under a blue sky".
    let words: String
    let backdrop: SceneBackdrop
    /// Degrees of elevation from which both ground and background are seen.
    let elevations: ClosedRange<Float>

    init(random: inout ToyRandom) {
        let ground = Self.ground(&random)
        if random.chance(0.5) {
            let sky = Self.skies[random.index(Self.skies.count)]
            words = "on \(ground.name) under \(sky.name)"
            backdrop = SceneBackdrop(
                stage: .open, ground: ground.texture, wall: ground.texture,
                sky: (sky.low.varied(&random), sky.high.varied(&random)))
            elevations = 0...12
        } else {
            let wall = Self.wall(&random)
            words = "on \(ground.name) in front of \(wall.name)"
            backdrop = SceneBackdrop(
                stage: .room(wall: random.uniform(1.2, 2.4)), ground: ground.texture, wall: wall.texture,
                sky: (.zero, .zero))
            elevations = 2...22
        }
    }

    private typealias Surface = (name: String, texture: SceneTexture)

    private static let skies: [(name: String, low: Vector, high: Vector)] = [
        ("a blue sky", Vector(0.72, 0.85, 0.97), Vector(0.22, 0.45, 0.86)),
        ("a sunset sky", Vector(0.98, 0.60, 0.28), Vector(0.52, 0.24, 0.42)),
        ("a night sky", Vector(0.10, 0.12, 0.25), Vector(0.01, 0.02, 0.07)),
        ("a grey sky", Vector(0.74, 0.75, 0.77), Vector(0.52, 0.54, 0.57)),
    ]

    private static func ground(_ random: inout ToyRandom) -> Surface {
        switch random.index(8) {
        case 0: ("grass", texture(&random, .grass, [Vector(0.25, 0.5, 0.15)], 1.5...3.5))
        case 1:
            ("sand", texture(&random, .carpet, [Vector(0.88, 0.76, 0.52), Vector(0.80, 0.68, 0.44)], 1...2))
        case 2:
            ("snow", texture(&random, .clouds, [Vector(0.96, 0.97, 0.99), Vector(0.84, 0.88, 0.94)], 1...3))
        case 3: ("a wooden floor", texture(&random, .planks, [Vector(0.62, 0.42, 0.24)], 2...5))
        case 4:
            (
                "cobblestones",
                texture(&random, .cobbles, [Vector(0.5, 0.5, 0.5), Vector(0.38, 0.36, 0.35)], 2...5)
            )
        case 5:
            (
                "a checkered floor",
                texture(&random, .checks, [Vector(0.92, 0.92, 0.9), Vector(0.12, 0.12, 0.13)], 1.5...4)
            )
        case 6:
            (
                "a tiled floor",
                texture(
                    &random, .tiles,
                    [Vector(0.85, 0.84, 0.8), Vector(0.76, 0.76, 0.74), Vector(0.4, 0.4, 0.4)], 1.5...4)
            )
        default: coloured("carpet", .carpet, &random)
        }
    }

    private static func wall(_ random: inout ToyRandom) -> Surface {
        switch random.index(4) {
        case 0:
            (
                "a brick wall",
                texture(
                    &random, .bricks,
                    [Vector(0.62, 0.25, 0.18), Vector(0.5, 0.2, 0.15), Vector(0.8, 0.76, 0.7)], 3...7)
            )
        case 1: ("a wooden wall", texture(&random, .planks, [Vector(0.55, 0.36, 0.2)], 2...5))
        default: coloured("wall", .plain, &random)
        }
    }

    private static func coloured(_ name: String, _ kind: SceneTexture.Kind, _ random: inout ToyRandom)
        -> Surface
    {
        let tint = random.pick(Tint.palette), spoken = Tint.spoken(tint.name)
        let article = "aeiou".contains(spoken.first ?? "b") ? "an" : "a"
        return (
            "\(article) \(spoken) \(name)",
            texture(&random, kind, [tint.colour, tint.colour * 0.85], 1...3)
        )
    }

    private static func texture(
        _ random: inout ToyRandom, _ kind: SceneTexture.Kind, _ colours: [Vector],
        _ frequency: ClosedRange<Float>
    ) -> SceneTexture {
        let tones = colours.map { $0.varied(&random) }
        return SceneTexture(
            random: &random, kind: kind, first: tones[0], second: tones[min(1, tones.count - 1)],
            third: tones[tones.count - 1],
            frequency: random.uniform(frequency.lowerBound, frequency.upperBound))
    }
}

extension Vector {
    /// The colour with random variation of brightness and temperature.
    fileprivate func varied(_ random: inout ToyRandom) -> Vector {
        let warmth = random.uniform(-0.03, 0.03)
        return (self * random.uniform(0.85, 1.12) + Vector(warmth, 0, -warmth))
            .clamped(lowerBound: .zero, upperBound: .one)
    }
}
