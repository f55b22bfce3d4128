// Playroom objects: tin robots, armchairs, benches, bells, hot-air balloons, rocking horses.

enum Playroom {
    static let classes: [ToyClass] = [
        ToyClass("tin robot", tinRobot), ToyClass("armchair", armchair), ToyClass("bench", bench),
        ToyClass("bell", bell),
        ToyClass("hot-air balloon", balloon), ToyClass("rocking horse", rockingHorse),
    ]

    static func tinRobot(_ b: inout ToyBuilder) {
        let body = b.tint(), second = b.sameOrOther(body), metal = b.paint(body, patterned: 0.15),
            dark = b.plain("black", "grey")
        let w = b.draw(0.24, 0.4), h = b.draw(0.24, 0.4), d = b.draw(0.18, 0.28), head = b.draw(0.15, 0.24)
        let round = b.chance(0.4)
        b.add(round ? .ellipsoid([w, h, d]) : .box([w, h, d], rounding: b.draw(0.02, 0.1)), metal)
        let top = h + head + b.draw(0, 0.08)
        b.rod([0, h * 0.8, 0], [0, top, 0], 0.06, dark)
        b.add(
            b.chance(0.35)
                ? .ellipsoid(Vector(1.1, 0.9, 1) * head)
                : .box(Vector(1.15, 0.85, 0.9) * head, rounding: b.draw(0.01, 0.06)),
            at: [0, top, 0], ToyPaint(second))
        b.ball(
            head * 0.24, at: [head * 0.5, top + 0.03, head * 0.88], b.plain("yellow", "sky", "red", "white"),
            mirror: .x)
        b.add(.box([head * 0.6, 0.02, 0.02], rounding: 0), at: [0, top - head * 0.45, head * 0.88], dark)
        if b.chance(0.6) {
            b.rod([0, top + head * 0.7, 0], [0, top + head + 0.14, 0], 0.02, dark)
            b.ball(0.05, at: [0, top + head + 0.15, 0], b.plain("red", "yellow"))
        }
        let elbow: Vector = [w + b.draw(0.1, 0.25), b.draw(-0.2, 0.2), b.draw(0, 0.15)]
        b.limb([w, h * 0.6, 0], elbow, 0.055, dark, mirror: .x)
        b.limb(
            elbow, elbow + [b.draw(-0.05, 0.1), b.draw(-0.25, 0.25), b.draw(0, 0.2)], 0.06, ToyPaint(second),
            mirror: .x)
        if b.chance(0.75) {
            let foot = h + b.draw(0.15, 0.4)
            b.rod([w * 0.5, -h * 0.8, 0], [w * 0.5, -foot, 0], 0.075, dark, mirror: .x)
            b.add(
                .box([0.11, 0.05, 0.17], rounding: 0.03), at: [w * 0.5, -foot - 0.02, 0.05], ToyPaint(second),
                mirror: .x)
        } else {
            b.add(
                .cylinder(radius: 0.16, half: w, rounding: 0.05), at: [0, -h - 0.1, 0], turn: [0, 0, 90], dark
            )
        }
        if b.chance(0.6) {
            b.add(
                .box([w * 0.5, h * 0.3, 0.02], rounding: 0.01), at: [0, b.draw(-0.05, 0.1), d],
                ToyPaint(b.tint()))
        }
        b.caption = "\(ToyBuilder.a(body, metal)) tin robot"
    }

    static func armchair(_ b: inout ToyBuilder) {
        let body = b.tint(), cloth = b.paint(body, patterned: 0.3), w = b.draw(0.32, 0.45),
            d = b.draw(0.34, 0.45)
        let soft = b.draw(0.03, 0.09), tall = b.draw(0.3, 0.55)
        b.add(.box([w, 0.15, d], rounding: soft), at: [0, -0.25, 0], cloth)
        b.add(
            .box([w + 0.08, tall, b.draw(0.08, 0.14)], rounding: soft), at: [0, -0.3 + tall, -d],
            turn: [b.draw(-12, 0), 0, 0], cloth)
        b.add(
            b.chance(0.4)
                ? .capsule(half: d * 0.8, radius: 0.11) : .box([0.1, b.draw(0.22, 0.32), d], rounding: soft),
            at: [w + 0.04, -0.12, 0], turn: [0, 0, 0], cloth, mirror: .x)
        let cushion = b.sameOrOther(body)
        b.add(.box([w * 0.88, 0.07, d * 0.8], rounding: 0.05), at: [0, -0.06, 0.08], ToyPaint(cushion))
        b.add(
            .cylinder(radius: 0.04, half: b.draw(0.06, 0.16), rounding: 0), at: [w - 0.04, -0.48, d - 0.08],
            b.plain("brown", "black", "tan"), mirror: .both)
        b.caption = "\(ToyBuilder.a(body, cloth)) armchair"
    }

    static func bench(_ b: inout ToyBuilder) {
        let timber = b.tint("brown", "tan", "white", "green", "grey", "red"), planks = b.wood(timber)
        let w = b.draw(0.6, 0.9), d = b.draw(0.2, 0.3), leg = b.draw(0.16, 0.26),
            frame = b.plain("black", "grey", "brown")
        let count = b.count(2...4)
        for i in 0..<count {
            let z = d * (2 * (Float(i) + 0.5) / Float(count) - 1)
            b.add(.box([w, 0.03, d / Float(count) * 0.85], rounding: 0.01), at: [0, 0, z], planks)
        }
        if b.chance(0.7) {
            for i in 0..<b.count(1...3) {
                b.add(
                    .box([w, b.draw(0.045, 0.075), 0.025], rounding: 0.01),
                    at: [0, 0.16 + 0.16 * Float(i), -d - 0.03], planks)
            }
            b.rod([w * 0.85, -leg, -d], [w * 0.85, 0.5, -d - 0.06], 0.035, frame, mirror: .x)
        }
        if b.chance(0.5) {
            b.rod([w * 0.9, 0.2, -d], [w * 0.9, 0.2, d], 0.03, frame, mirror: .x)
            b.rod([w * 0.9, 0, d], [w * 0.9, 0.2, d], 0.03, frame, mirror: .x)
        }
        b.add(
            .box([0.035, leg, 0.04], rounding: 0.01), at: [w * 0.85, -leg, d * 0.85], frame, mirror: .both)
        b.caption = "\(ToyBuilder.a(timber.name)) bench"
    }

    static func bell(_ b: inout ToyBuilder) {
        let body = b.tint("yellow", "orange", "grey", "red", "brown"), metal = b.paint(body, patterned: 0.2)
        let r = b.draw(0.35, 0.48), h = b.draw(0.28, 0.45)
        b.add(.cone(half: h, bottom: r, top: r * b.draw(0.45, 0.7)), metal)
        b.add(.ellipsoid([r * 0.58, 0.2, r * 0.58]), at: [0, h, 0], metal, blend: 0.06)
        b.add(.torus(ring: r, tube: b.draw(0.04, 0.08)), at: [0, -h, 0], metal, blend: 0.04)
        b.ball(0.11, at: [0, -h - 0.08, 0], b.plain("black", "grey", "brown"))
        if b.chance(0.5) {
            b.add(.torus(ring: 0.11, tube: 0.035), at: [0, h + 0.27, 0], turn: [90, 0, 0], ToyPaint(body))
            b.caption = "\(ToyBuilder.a(body.name)) bell"
        } else {
            let grip = b.tint()
            b.rod([0, h + 0.15, 0], [0, h + b.draw(0.45, 0.6), 0], 0.065, ToyPaint(grip))
            b.caption = "\(ToyBuilder.a(body.name)) bell with \(ToyBuilder.a(grip.name)) handle"
        }
    }

    static func balloon(_ b: inout ToyBuilder) {
        let silk = b.tint(), envelope = b.paint(silk, patterned: 0.7), r = b.draw(0.45, 0.58),
            drop = b.draw(0.65, 0.9)
        b.add(.ellipsoid([r, r * b.draw(0.95, 1.15), r]), at: [0, 0.3, 0], envelope)
        b.add(
            .cone(half: r * 0.35, bottom: r * 0.28, top: r * 0.75), at: [0, 0.3 - r * 0.9, 0], envelope,
            blend: 0.08)
        let basket = b.draw(0.11, 0.17)
        b.add(
            .box([basket, basket * 0.8, basket], rounding: 0.02), at: [0, -drop, 0],
            b.wood(b.tint("brown", "tan")))
        b.rod(
            [basket, -drop + 0.05, basket], [r * 0.35, 0.3 - r, r * 0.35], 0.018, b.plain("brown", "black"),
            mirror: .both)
        b.caption = "\(ToyBuilder.a(silk, envelope)) hot-air balloon"
    }

    static func rockingHorse(_ b: inout ToyBuilder) {
        let body = b.tint("brown", "white", "red", "tan", "grey", "blue"),
            coat = b.paint(body, patterned: 0.25), plain = ToyPaint(body)
        let l = b.draw(0.34, 0.44), w = b.draw(0.13, 0.2), rail = b.tint(), floor = -b.draw(0.42, 0.55)
        b.add(.capsule(half: l * 0.7, radius: w), turn: [90, 0, 0], coat)
        let crown: Vector = [0, b.draw(0.35, 0.48), l + 0.12]
        b.limb([0, 0.05, l * 0.6], crown, w * 0.65, plain, blend: 0.06)
        b.limb(crown, crown + [0, -0.1, 0.2], w * 0.5, plain, blend: 0.03)
        b.eyes(w * 0.45, crown.y + 0.02, crown.z + 0.06, 0.03)
        b.limb(
            [0, 0.2, l * 0.5], crown + [0, 0.06, -0.06], 0.045, b.plain("black", "brown", "yellow", "white"))
        b.add(.box([w * 1.1, 0.05, 0.14], rounding: 0.03), at: [0, w, -0.02], ToyPaint(b.tint()))
        b.limb([w * 0.7, -0.05, l * 0.6], [0.2, floor, l * 0.75], 0.05, plain, mirror: .x)
        b.limb([w * 0.7, -0.05, -l * 0.6], [0.2, floor, -l * 0.75], 0.05, plain, mirror: .x)
        b.limb([0, 0.05, -l], [0, -0.25, -l - 0.15], 0.045, b.plain("black", "brown", "white"))
        let rise = b.draw(0.05, 0.2)
        for z in [Float(1), -1] {
            b.rod(
                [0.2, floor - 0.03, 0], [0.2, floor + rise * 0.4, z * 0.45], 0.035, ToyPaint(rail), mirror: .x
            )
            b.rod(
                [0.2, floor + rise * 0.4, z * 0.45], [0.2, floor + rise, z * 0.75], 0.035, ToyPaint(rail),
                mirror: .x)
        }
        b.caption = "\(ToyBuilder.a(body, coat)) rocking horse with \(rail.name) rails"
    }
}
