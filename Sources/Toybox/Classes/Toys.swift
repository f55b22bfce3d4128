// Figures: snowmen, robots, teddy bears, people.

enum Toys {
    static let classes: [ToyClass] = [
        ToyClass("snowman", snowman), ToyClass("robot", robot), ToyClass("teddy bear", teddyBear),
        ToyClass("person", person),
    ]

    static func snowman(_ b: inout ToyBuilder) {
        let snow = b.tint("white", "white", "sky", "cream"), scarf = b.tint(), r = b.draw(0.38, 0.5),
            paint = ToyPaint(snow)
        b.add(.ellipsoid([r, r * 0.95, r]), at: [0, -0.55, 0], paint)
        b.ball(r * 0.72, at: [0, 0.05, 0], paint, blend: 0.03)
        b.ball(r * 0.52, at: [0, 0.5, 0], paint, blend: 0.03)
        b.add(
            .cone(half: 0.12, bottom: 0.06, top: 0.01), at: [0, 0.5, r * 0.52 + 0.08], turn: [90, 0, 0],
            b.plain("orange"))
        b.eyes(0.09, 0.58, r * 0.46, 0.04)
        b.add(.torus(ring: r * 0.42, tube: 0.07), at: [0, 0.3, 0], ToyPaint(scarf))
        let hat = b.chance(0.6) ? b.plain("black") : ToyPaint(b.tint())
        b.add(.cylinder(radius: 0.2, half: 0.15, rounding: 0.01), at: [0, 0.85, 0], hat)
        b.add(.cylinder(radius: 0.32, half: 0.025, rounding: 0), at: [0, 0.7, 0], hat)
        for y in [Float(0), 0.15] { b.ball(0.04, at: [0, y, r * 0.7], Animals.black) }
        if b.chance(0.5) {
            b.limb(
                [r * 0.6, 0.1, 0], [r + 0.3, b.draw(0.05, 0.4), 0.05], 0.03, b.plain("brown"), mirror: .x)
        }
        b.caption = "\(ToyBuilder.a(snow.name)) snowman with \(ToyBuilder.a(scarf.name)) scarf"
    }

    static func robot(_ b: inout ToyBuilder) {
        let body = b.tint(), head = b.tint(), w = b.draw(0.28, 0.4), h = b.draw(0.28, 0.4),
            s = b.draw(0.18, 0.26)
        let steel = ToyPaint(0.4, 0.4, 0.42), plate = b.paint(body, patterned: 0.15)
        b.add(.box([w, h, 0.22], rounding: 0.04), plate)
        b.add(.box([s * 1.2, s, 0.2], rounding: 0.04), at: [0, h + s + 0.06, 0], ToyPaint(head))
        b.add(.cylinder(radius: 0.08, half: 0.08, rounding: 0), at: [0, h + 0.03, 0], steel)
        b.add(
            .ellipsoid([0.07, 0.07, 0.04]), at: [0.11, h + s + 0.1, 0.2],
            b.plain("yellow", "sky", "red", "white"), mirror: .x)
        b.add(.cylinder(radius: 0.02, half: 0.12, rounding: 0), at: [0, h + 2 * s + 0.15, 0], steel)
        b.ball(0.05, at: [0, h + 2 * s + 0.27, 0], b.plain("red", "yellow"))
        b.limb(
            [w + 0.08, h * 0.7, 0], [w + 0.2, b.draw(-0.35, 0.3), b.draw(0, 0.2)], 0.08, ToyPaint(head),
            mirror: .x)
        b.add(
            .box([0.1, 0.22, 0.11], rounding: 0.02), at: [w * 0.55, -h - 0.2, 0], ToyPaint(head), mirror: .x)
        b.add(
            .box([0.13, 0.06, 0.17], rounding: 0.02), at: [w * 0.55, -h - 0.42, 0.04], ToyPaint(body),
            mirror: .x)
        if b.chance(0.6) {
            b.add(
                .box([w * 0.55, h * 0.4, 0.03], rounding: 0.01), at: [0, 0.05, 0.22],
                b.paint(b.tint(), patterned: 0.4))
        }
        b.caption = "\(ToyBuilder.a(body, plate)) robot with \(ToyBuilder.a(head.name)) head"
    }

    static func teddyBear(_ b: inout ToyBuilder) {
        let fur = b.tint("brown", "tan", "cream", "white", "grey", "pink", "black"), coat = ToyPaint(fur)
        var pale = coat
        pale.colour = (fur.colour * 1.25 + 0.08).clamped(lowerBound: .zero, upperBound: .one)
        b.add(.ellipsoid([0.38, 0.42, 0.33]), at: [0, -0.2, 0], coat)
        b.add(.ellipsoid([0.24, 0.27, 0.1]), at: [0, -0.2, 0.27], pale)
        let r = b.draw(0.3, 0.37)
        b.add(.ellipsoid([r, r * 0.92, r * 0.9]), at: [0, 0.42, 0], coat, blend: 0.05)
        b.add(.ellipsoid([0.14, 0.11, 0.1]), at: [0, 0.34, r * 0.85], pale)
        b.add(.ellipsoid([0.05, 0.035, 0.03]), at: [0, 0.39, r * 0.85 + 0.09], Animals.black)
        b.eyes(0.12, 0.5, r * 0.8, 0.04)
        b.add(.ellipsoid([0.13, 0.13, 0.07]), at: [r * 0.8, 0.7, 0], coat, mirror: .x)
        let y = b.draw(-0.35, 0.2)
        b.limb([0.3, 0.05, 0], [0.58, y, b.draw(0.05, 0.25)], 0.13, coat, blend: 0.05, mirror: .x)
        let z = b.draw(0.1, 0.45)
        b.limb(
            [0.2, -0.45, 0.05], [0.3, -0.55 - (z < 0.25 ? 0.25 : 0), z], 0.15, coat, blend: 0.05, mirror: .x)
        if b.chance(0.3) { b.add(.torus(ring: 0.25, tube: 0.06), at: [0, 0.17, 0], ToyPaint(b.tint())) }
        b.caption = "\(ToyBuilder.a(fur.name)) teddy bear"
    }

    static func person(_ b: inout ToyBuilder) {
        let shirt = b.tint(), trousers = b.tint(), skin = ToyPaint(b.tint("tan", "cream", "brown"))
        let hair = ToyPaint(b.tint("black", "brown", "yellow", "orange", "grey")),
            cloth = b.paint(shirt, patterned: 0.3)
        b.add(.box([b.draw(0.2, 0.27), 0.3, 0.14], rounding: 0.1), at: [0, 0.1, 0], cloth)
        b.add(.ellipsoid([0.18, 0.2, 0.18]), at: [0, 0.62, 0], skin)
        b.add(.ellipsoid([0.2, 0.17, 0.2]), at: [0, 0.7, -0.045], hair)
        if b.chance(0.3) { b.add(.ellipsoid([0.18, 0.3, 0.1]), at: [0, 0.5, -0.12], hair) }
        b.eyes(0.07, 0.62, 0.165, 0.03)
        b.add(.cylinder(radius: 0.07, half: 0.1, rounding: 0), at: [0, 0.42, 0], skin)
        let y = b.draw(-0.2, 0.5), x: Float = y > 0 ? 0.5 : 0.4
        b.limb([0.28, 0.3, 0], [x, y, b.draw(0, 0.1)], 0.075, cloth, mirror: .x)
        b.ball(0.08, at: [x, y, 0.05], skin, mirror: .x)
        if b.chance(0.25) {
            b.add(.cone(half: 0.3, bottom: 0.36, top: 0.18), at: [0, -0.3, 0], ToyPaint(trousers))
            b.limb([0.12, -0.5, 0], [0.13, -0.8, 0], 0.07, skin, mirror: .x)
        } else {
            b.limb([0.12, -0.2, 0], [0.14, -0.75, 0], 0.1, ToyPaint(trousers), mirror: .x)
        }
        b.add(
            .box([0.1, 0.06, 0.17], rounding: 0.04), at: [0.14, -0.85, 0.05], ToyPaint(0.15, 0.12, 0.1),
            mirror: .x)
        b.caption = "a person in \(ToyBuilder.a(shirt, cloth)) shirt and \(trousers.name) trousers"
    }
}
