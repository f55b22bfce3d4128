// Larger structures: castles, lighthouses, windmills.

enum Structures {
    static let classes: [ToyClass] = [
        ToyClass("castle", castle), ToyClass("lighthouse", lighthouse), ToyClass("windmill", windmill),
    ]

    static func castle(_ b: inout ToyBuilder) {
        let wall = b.tint("grey", "tan", "cream", "pink", "white", "sky"), roof = b.tint(),
            w = b.draw(0.42, 0.52), h = b.draw(0.24, 0.34)
        let stone = ToyPaint(wall).with(b.chance(0.6) ? .bricks : .plain, wall.colour * 0.72, frequency: 7)
        b.add(.box([w, h, w], rounding: 0), at: [0, h - 0.6, 0], stone)
        let r = b.draw(0.15, 0.2), tall = b.draw(0.42, 0.55)
        b.add(.cylinder(radius: r, half: tall, rounding: 0), at: [w, tall - 0.6, w], stone, mirror: .both)
        if b.chance(0.7) {
            b.add(
                .cone(half: 0.18, bottom: r * 1.25, top: 0.01), at: [w, 2 * tall - 0.42, w], ToyPaint(roof),
                mirror: .both)
        } else {
            b.add(
                .cup(radius: r * 1.2, half: 0.09, wall: 0.05), at: [w, 2 * tall - 0.55, w], stone,
                mirror: .both)
        }
        b.add(.box([0.13, 0.19, 0.05], rounding: 0), at: [0, -0.42, w], b.wood(b.tint("brown", "black")))
        for x in [w * 0.28, w * 0.62] {
            b.add(.box([0.06, 0.06, w + 0.02], rounding: 0), at: [x, 2 * h - 0.56, 0], stone, mirror: .x)
        }
        if b.chance(0.6) {
            b.add(.cylinder(radius: 0.18, half: 0.5, rounding: 0), at: [0, 0.1, 0], stone)
            b.add(.cone(half: 0.18, bottom: 0.24, top: 0.01), at: [0, 0.77, 0], ToyPaint(roof))
        }
        b.caption = "\(ToyBuilder.a(wall.name)) castle with \(roof.name) roofs"
    }

    static func lighthouse(_ b: inout ToyBuilder) {
        let first = b.tint("white", "cream", "grey", "yellow"),
            second = b.tint("red", "blue", "black", "green", "orange")
        let tower = ToyPaint(first).with(
            b.pick(.rings, .rings, .plain, .diagonals), second.colour, frequency: b.draw(1.4, 2.6))
        b.add(
            .cylinder(radius: 0.5, half: 0.08, rounding: 0.03), at: [0, -0.9, 0],
            b.plain("grey", "green", "tan"))
        b.add(.cone(half: 0.62, bottom: b.draw(0.27, 0.36), top: 0.17), at: [0, -0.22, 0], tower)
        b.add(.cylinder(radius: 0.26, half: 0.03, rounding: 0), at: [0, 0.42, 0], ToyPaint(second))
        b.add(.cylinder(radius: 0.14, half: 0.14, rounding: 0), at: [0, 0.58, 0], b.plain("yellow", "sky"))
        b.add(.cone(half: 0.12, bottom: 0.22, top: 0.01), at: [0, 0.83, 0], ToyPaint(second))
        b.add(.box([0.08, 0.13, 0.04], rounding: 0), at: [0, -0.69, 0.31], b.plain("brown", "black"))
        b.caption = "\(ToyBuilder.a(ToyBuilder.words(first, tower))) and \(second.name) lighthouse"
    }

    static func windmill(_ b: inout ToyBuilder) {
        let wall = b.tint(), sails = b.tint(), stone = b.paint(wall, patterned: 0.25), turn = b.draw(0, 90),
            l = b.draw(0.5, 0.62)
        b.add(.cone(half: 0.5, bottom: 0.38, top: 0.24), at: [0, -0.4, 0], stone)
        b.add(.cone(half: 0.15, bottom: 0.3, top: 0.03), at: [0, 0.24, 0], ToyPaint(b.tint()))
        b.rod([0, 0.12, 0], [0, 0.12, 0.42], 0.05, b.plain("brown"))
        for i in 0..<4 {
            let angle = turn + 90 * Float(i), a = ToyMath.radians(angle)
            let along = Vector(-ToyMath.sin(a), ToyMath.cos(a), 0),
                across = Vector(ToyMath.cos(a), ToyMath.sin(a), 0)
            b.add(
                .box([0.025, l / 2, 0.02], rounding: 0), at: Vector(0, 0.12, 0.4) + along * (l / 2),
                turn: [0, 0, angle], b.plain("brown"))
            b.add(
                .box([0.08, l * 0.36, 0.012], rounding: 0),
                at: Vector(0, 0.12, 0.4) + along * (l * 0.6) + across * 0.08, turn: [0, 0, angle],
                ToyPaint(sails))
        }
        b.add(.box([0.09, 0.16, 0.04], rounding: 0), at: [0, -0.74, 0.35], b.plain("brown", "red", "blue"))
        b.caption = "\(ToyBuilder.a(wall, stone)) windmill with \(sails.name) sails"
    }
}
