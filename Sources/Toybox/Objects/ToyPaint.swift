// Named colours, patterns, and the paint of a part.

package enum ToyPattern: Float, Sendable, CaseIterable {
    case plain, rings, checks, gradient, stripes, dots, halves, marble, wood, diagonals, patches, bricks

    /// Its word in captions, if it has a common name.
    package var adjective: String? {
        switch self {
        case .rings, .stripes, .diagonals: "striped"
        case .checks: "checked"
        case .dots: "spotted"
        case .wood: "wooden"
        default: nil
        }
    }
}

/// A colour and its name.
package struct Tint: Sendable {
    package var name: String
    package var colour: Vector

    /// The palette, in display values.
    package static let palette: [(name: String, colour: Vector)] = [
        ("red", Vector(0.85, 0.12, 0.10)), ("orange", Vector(0.95, 0.50, 0.08)),
        ("yellow", Vector(0.95, 0.82, 0.15)), ("green", Vector(0.20, 0.62, 0.22)),
        ("lime", Vector(0.60, 0.82, 0.20)), ("teal", Vector(0.10, 0.60, 0.60)),
        ("blue", Vector(0.15, 0.32, 0.82)), ("sky", Vector(0.45, 0.70, 0.95)),
        ("purple", Vector(0.50, 0.22, 0.68)), ("pink", Vector(0.95, 0.52, 0.68)),
        ("brown", Vector(0.45, 0.27, 0.14)), ("tan", Vector(0.80, 0.65, 0.45)),
        ("black", Vector(0.10, 0.10, 0.11)), ("grey", Vector(0.52, 0.52, 0.54)),
        ("white", Vector(0.93, 0.93, 0.92)), ("cream", Vector(0.96, 0.88, 0.72)),
    ]

    /// The common name of a palette colour.
    package static func spoken(_ name: String) -> String {
        switch name {
        case "sky": "light blue"
        case "lime": "light green"
        default: name
        }
    }

    /// The first colour named in a text, by its common name.
    package static func first(in text: String) -> String? {
        palette.map { spoken($0.name) }.compactMap { name in
            text.firstRange(of: name).map { (name: name, start: $0.lowerBound) }
        }.min { ($0.start, $1.name.count) < ($1.start, $0.name.count) }?.name
    }

    /// The palette colour of that name, unvaried; mid-grey for other names.
    package static func plain(_ name: String) -> Vector {
        palette.first { $0.name == name }?.colour ?? Vector(repeating: 0.5)
    }
}

/// The paint of a part: a colour, or two in a pattern.
package struct ToyPaint: Sendable {
    package var colour: Vector
    package var second: Vector
    package var pattern: ToyPattern = .plain
    /// Repeats of the pattern per part unit.
    package var frequency: Float = 4
    /// Brightness of a soft highlight towards the light, 0 matte … 0.4 glossy.
    package var gloss: Float = 0
    package var seed: Float = 0

    package init(_ colour: Vector, gloss: Float = 0) {
        self.colour = colour
        second = colour
        self.gloss = gloss
    }

    package init(_ tint: Tint) { self.init(tint.colour) }

    package init(_ r: Float, _ g: Float, _ b: Float) { self.init(Vector(r, g, b)) }

    package func with(_ pattern: ToyPattern, _ second: Vector, frequency: Float, seed: Float = 0) -> ToyPaint
    {
        var paint = self
        paint.pattern = pattern
        paint.second = second
        paint.frequency = frequency
        paint.seed = seed
        return paint
    }

    package func shaded(_ factor: Float) -> ToyPaint {
        var paint = self
        paint.colour = (colour * factor).clamped(lowerBound: .zero, upperBound: .one)
        paint.second = (second * factor).clamped(lowerBound: .zero, upperBound: .one)
        return paint
    }
}
