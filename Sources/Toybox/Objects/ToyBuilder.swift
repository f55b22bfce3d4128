// The builder in which object classes are written: random proportions, colours, parts and a caption.

package struct ToyBuilder {
    package var random: ToyRandom
    package private(set) var parts: [ToyPart] = []
    package var caption = ""
    /// Probability that a body is patterned, and the glossiness of this object's materials.
    private let gloss: Float

    package init(random: ToyRandom) {
        self.random = random
        gloss = self.random.chance(0.45) ? self.random.uniform(0.08, 0.35) : 0
    }

    // MARK: Random numbers

    package mutating func draw(_ low: Float, _ high: Float) -> Float { random.uniform(low, high) }
    package mutating func chance(_ probability: Float) -> Bool { random.chance(probability) }
    package mutating func pick<T>(_ values: T...) -> T { random.pick(values) }
    package mutating func count(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + random.index(range.count)
    }

    /// A random variation of a colour among `names`, or of any palette colour.
    package mutating func tint(_ names: String...) -> Tint {
        let base =
            names.isEmpty
            ? random.pick(Tint.palette)
            : { name in (name: name, colour: Tint.plain(name)) }(random.pick(names))
        let noise = Vector(random.normal(), random.normal(), random.normal()) * 0.03
        let colour = base.colour * random.uniform(0.85, 1.12) + noise
        return Tint(
            name: Tint.spoken(base.name),
            colour: colour.clamped(lowerBound: Vector(repeating: 0.03), upperBound: Vector(repeating: 0.98)))
    }

    /// The tint itself with the given probability, else another.
    package mutating func sameOrOther(_ tint: Tint, same probability: Float = 0.5) -> Tint {
        chance(probability) ? tint : self.tint()
    }

    /// A paint of `tint` that is patterned with `probability`.
    package mutating func paint(_ tint: Tint, patterned probability: Float = 0.25) -> ToyPaint {
        guard chance(probability) else { return ToyPaint(tint) }
        let pattern = pick(
            ToyPattern.rings, .rings, .gradient, .stripes, .dots, .checks, .marble, .diagonals, .patches,
            .bricks)
        let second = self.tint().colour
        return ToyPaint(tint).with(
            pattern, second, frequency: draw(1.6, 4.5), seed: Float(random.index(1000)))
    }

    /// A paint with wood grain.
    package mutating func wood(_ tint: Tint) -> ToyPaint {
        let dark = tint.colour * draw(0.5, 0.75)
        return ToyPaint(tint).with(.wood, dark, frequency: draw(1.5, 3.5), seed: Float(random.index(1000)))
    }

    package mutating func plain(_ names: String...) -> ToyPaint { ToyPaint(Tint.plain(random.pick(names))) }

    // MARK: Parts

    package mutating func add(
        _ shape: ToyShape, at position: Vector = .zero, turn degrees: Vector = .zero, _ paint: ToyPaint,
        blend: Float = 0, _ operation: ToyOperation = .union, mirror: ToyMirror = []
    ) {
        var paint = paint
        if paint.gloss == 0 { paint.gloss = gloss }
        parts.append(
            ToyPart(
                shape: shape, position: position, rotation: Rotation(degrees: degrees), paint: paint,
                blend: blend,
                operation: operation, mirror: mirror))
    }

    /// Rotates the last part about its own y axis.
    package mutating func turnLast(about degrees: Float) {
        let last = parts[parts.count - 1].rotation
        parts[parts.count - 1].rotation = last.times(Rotation(degrees: [0, degrees, 0]))
    }

    /// A capsule from `start` to `end`.
    package mutating func limb(
        _ start: Vector, _ end: Vector, _ radius: Float, _ paint: ToyPaint, blend: Float = 0,
        mirror: ToyMirror = []
    ) {
        let along = end - start
        add(
            .capsule(half: along.length / 2, radius: radius), at: (start + end) / 2, paint, blend: blend,
            mirror: mirror)
        aim(along)
    }

    /// A rod with flat ends from `start` to `end`.
    package mutating func rod(
        _ start: Vector, _ end: Vector, _ radius: Float, _ paint: ToyPaint, blend: Float = 0,
        mirror: ToyMirror = []
    ) {
        let along = end - start
        add(
            .cylinder(radius: radius, half: along.length / 2, rounding: radius * 0.2), at: (start + end) / 2,
            paint,
            blend: blend, mirror: mirror)
        aim(along)
    }

    /// Rotates the last part so that its y axis points along `direction`.
    package mutating func aim(_ direction: Vector) {
        let y = direction.normalised
        var x = y.cross(Vector(0, 0, 1))
        x = x.length > 1e-3 ? x.normalised : Vector(1, 0, 0)
        parts[parts.count - 1].rotation = Rotation(rows: (x, y, x.cross(y))).transposed
    }

    /// Rotates the last part about its own y axis so that its z axis is as close to `normal` as possible.
    package mutating func faceLast(_ normal: Vector) {
        let rows = parts[parts.count - 1].rotation.transposed.rows
        let z = (normal - rows.1 * normal.dot(rows.1)).normalised
        parts[parts.count - 1].rotation = Rotation(rows: (rows.1.cross(z), rows.1, z)).transposed
    }

    package mutating func ball(
        _ radius: Float, at position: Vector, _ paint: ToyPaint, blend: Float = 0, mirror: ToyMirror = []
    ) {
        add(.ellipsoid(Vector(repeating: radius)), at: position, paint, blend: blend, mirror: mirror)
    }

    /// A mirrored pair of round eyes.
    package mutating func eyes(_ x: Float, _ y: Float, _ z: Float, _ radius: Float) {
        ball(radius, at: Vector(x, y, z), ToyPaint(Vector(0.05, 0.05, 0.06), gloss: 0.4), mirror: .x)
    }

    /// "a red", "an orange".
    package static func a(_ words: String) -> String {
        ("aeiou".contains(words.prefix(1)) ? "an " : "a ") + words
    }

    /// The tint's name preceded by its pattern, if that has a common name: "striped red".
    package static func words(_ tint: Tint, _ paint: ToyPaint) -> String {
        (paint.pattern.adjective.map { $0 + " " } ?? "") + tint.name
    }

    /// "a striped red".
    package static func a(_ tint: Tint, _ paint: ToyPaint) -> String { a(words(tint, paint)) }
}
