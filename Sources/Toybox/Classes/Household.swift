// Household objects: mugs, bottles, vases, goblets, tools, cameras, guitars.

enum Household {
    static let classes: [ToyClass] = [
        ToyClass("mug", mug), ToyClass("bottle", bottle), ToyClass("teapot", teapot), ToyClass("vase", vase),
        ToyClass("goblet", goblet), ToyClass("hammer", hammer), ToyClass("camera", camera),
        ToyClass("guitar", guitar),
        ToyClass("barrel", barrel), ToyClass("crown", crown), ToyClass("traffic cone", trafficCone),
    ]

    static func mug(_ b: inout ToyBuilder) {
        let body = b.tint(), handle = b.sameOrOther(body), h = b.draw(0.38, 0.7), r = b.draw(0.3, 0.52)
        let glaze = b.paint(body, patterned: 0.4)
        b.add(.cup(radius: r, half: h, wall: b.draw(0.035, 0.07)), glaze)
        let tube = b.draw(0.04, 0.08)
        if b.chance(0.7) {
            b.add(
                .arc(ring: h * b.draw(0.45, 0.65), tube: tube, degrees: 100), at: [r, 0, 0],
                turn: [0, 0, -90], ToyPaint(handle))
        } else {
            let y = h * b.draw(0.4, 0.6), x = r + b.draw(0.2, 0.3)
            b.limb([r - 0.02, y, 0], [x, y, 0], tube, ToyPaint(handle))
            b.limb([x, y, 0], [x, -y, 0], tube, ToyPaint(handle))
            b.limb([x, -y, 0], [r - 0.02, -y, 0], tube, ToyPaint(handle))
        }
        if b.chance(0.4) {
            b.add(
                .cylinder(radius: r - 0.04, half: 0.02, rounding: 0), at: [0, h * 0.7, 0],
                b.plain("brown", "black", "tan"))
        }
        b.caption = "\(ToyBuilder.a(body, glaze)) mug with \(ToyBuilder.a(handle.name)) handle"
    }

    static func bottle(_ b: inout ToyBuilder) {
        let body = b.tint(), cap = b.tint(), h = b.draw(0.45, 0.8), r = b.draw(0.2, 0.35),
            glass = b.paint(body, patterned: 0.12)
        let neck = b.draw(0.07, 0.12)
        b.add(.cylinder(radius: r, half: h, rounding: 0.06), glass)
        b.add(
            .cone(half: 0.15, bottom: r * 0.95, top: neck), at: [0, h + 0.15, 0], ToyPaint(body), blend: 0.08)
        b.add(
            .cylinder(radius: neck - 0.01, half: 0.15, rounding: 0.02), at: [0, h + 0.4, 0], ToyPaint(body),
            blend: 0.03)
        b.add(
            .cylinder(radius: neck + 0.02, half: b.draw(0.05, 0.1), rounding: 0.02), at: [0, h + 0.55, 0],
            ToyPaint(cap))
        if b.chance(0.7) {
            let label = b.paint(b.tint(), patterned: 0.4)
            b.add(
                .cylinder(radius: r + 0.01, half: h * b.draw(0.25, 0.45), rounding: 0),
                at: [0, b.draw(-0.1, 0.1), 0], label)
        }
        b.caption = "\(ToyBuilder.a(body, glass)) bottle with \(ToyBuilder.a(cap.name)) cap"
    }

    static func teapot(_ b: inout ToyBuilder) {
        let body = b.tint(), lid = b.sameOrOther(body, same: 0.6), r = b.draw(0.42, 0.52),
            glaze = b.paint(body, patterned: 0.25)
        b.add(.ellipsoid([r, r * b.draw(0.75, 0.95), r]), glaze)
        b.add(.cone(half: 0.06, bottom: 0.22, top: 0.12), at: [0, r * 0.85, 0], ToyPaint(lid))
        b.ball(0.07, at: [0, r * 0.85 + 0.1, 0], ToyPaint(lid))
        b.limb([r * 0.7, -0.1, 0], [r + 0.32, r * 0.55, 0], 0.085, ToyPaint(lid), blend: 0.08)
        b.add(.arc(ring: 0.28, tube: 0.055, degrees: 115), at: [-r, 0, 0], turn: [0, 0, 90], ToyPaint(lid))
        b.caption = "\(ToyBuilder.a(body, glaze)) teapot with \(ToyBuilder.a(lid.name)) lid"
    }

    static func vase(_ b: inout ToyBuilder) {
        let body = b.tint(), r = b.draw(0.3, 0.48), glaze = b.paint(body, patterned: 0.45)
        b.add(.ellipsoid([r, b.draw(0.4, 0.58), r]), at: [0, -0.2, 0], glaze)
        b.add(.cone(half: 0.22, bottom: 0.22, top: 0.16), at: [0, 0.3, 0], ToyPaint(body), blend: 0.12)
        b.add(.torus(ring: 0.17, tube: 0.045), at: [0, 0.5, 0], ToyPaint(body), blend: 0.03)
        if b.chance(0.4) {
            b.add(.cylinder(radius: r * 0.6, half: 0.05, rounding: 0.02), at: [0, -0.68, 0], ToyPaint(body))
        }
        b.caption = "\(ToyBuilder.a(body, glaze)) vase"
        guard b.chance(0.5) else { return }
        for _ in 0..<b.count(1...4) {
            let x = b.draw(-0.35, 0.35), z = b.draw(-0.3, 0.3),
                bloom = b.tint("red", "pink", "yellow", "purple", "white")
            b.limb([0, 0.4, 0], [x, 0.95, z], 0.03, b.plain("green"))
            b.add(.ellipsoid([0.14, 0.1, 0.14]), at: [x, 0.97, z], ToyPaint(bloom))
        }
        b.caption += " with flowers"
    }

    static func goblet(_ b: inout ToyBuilder) {
        let tint = b.tint(), paint = ToyPaint(tint), r = b.draw(0.28, 0.4), h = b.draw(0.38, 0.5)
        b.add(.cylinder(radius: r * 0.85, half: 0.03, rounding: 0.02), at: [0, -0.8, 0], paint)
        b.add(
            .cylinder(radius: b.draw(0.03, 0.05), half: 0.35, rounding: 0), at: [0, -0.45, 0], paint,
            blend: 0.05)
        b.add(.ellipsoid([r, h, r]), at: [0, 0.25, 0], paint, blend: 0.05)
        b.add(.box([1, 0.3, 1], rounding: 0), at: [0, 0.75, 0], paint.shaded(0.6), .subtract)
        b.add(.ellipsoid([r - 0.05, h - 0.05, r - 0.05]), at: [0, 0.3, 0], paint.shaded(0.6), .subtract)
        b.caption = "\(ToyBuilder.a(tint.name)) goblet"
    }

    static func hammer(_ b: inout ToyBuilder) {
        let head = b.tint("grey", "black", "red", "blue", "yellow"), handle = b.tint(), l = b.draw(0.6, 0.85)
        let grip = b.chance(0.5) ? b.wood(handle) : ToyPaint(handle), r = b.draw(0.09, 0.15),
            half = b.draw(0.3, 0.45)
        b.add(.cylinder(radius: b.draw(0.05, 0.075), half: l, rounding: 0.02), at: [0, -0.1, 0], grip)
        if b.chance(0.5) {
            b.add(
                .cylinder(radius: r, half: half, rounding: 0.02), at: [0, l - 0.1, 0], turn: [0, 0, 90],
                ToyPaint(head))
        } else {
            b.add(
                .cylinder(radius: r, half: half * 0.5, rounding: 0.02), at: [half * 0.5, l - 0.1, 0],
                turn: [0, 0, 90], ToyPaint(head))
            b.add(
                .cone(half: half * 0.6, bottom: r * 0.8, top: 0.03), at: [-half * 0.55, l - 0.1, 0],
                turn: [0, 0, 90], ToyPaint(head))
        }
        b.caption = "\(ToyBuilder.a(head.name)) hammer with \(ToyBuilder.a(handle, grip)) handle"
    }

    static func camera(_ b: inout ToyBuilder) {
        let body = b.tint("black", "grey", "red", "white", "brown", "sky"), r = b.draw(0.22, 0.3)
        b.add(.box([b.draw(0.52, 0.66), 0.38, 0.2], rounding: 0.06), ToyPaint(body))
        b.add(
            .cylinder(radius: r, half: 0.2, rounding: 0.02), at: [0, -0.03, 0.3], turn: [90, 0, 0],
            ToyPaint(0.15, 0.15, 0.16))
        b.add(
            .cylinder(radius: r * 0.7, half: 0.21, rounding: 0.01), at: [0, -0.03, 0.31], turn: [90, 0, 0],
            ToyPaint(Tint.plain("sky"), gloss: 0.4))
        b.add(.box([0.18, 0.08, 0.14], rounding: 0.02), at: [0, 0.42, 0], ToyPaint(0.2, 0.2, 0.2))
        b.add(
            .cylinder(radius: 0.07, half: 0.05, rounding: 0.01), at: [0.42, 0.42, 0], b.plain("red", "grey"))
        if b.chance(0.5) {
            b.add(.box([0.63, 0.13, 0.19], rounding: 0.02), at: [0, 0.24, 0], ToyPaint(b.tint()))
        }
        b.caption = "\(ToyBuilder.a(body.name)) camera"
    }

    static func guitar(_ b: inout ToyBuilder) {
        let body = b.tint("brown", "tan", "orange", "red", "black", "blue", "white")
        let board = b.chance(0.5) ? b.wood(body) : ToyPaint(body)
        b.add(.ellipsoid([b.draw(0.33, 0.42), 0.3, 0.1]), at: [0, -0.5, 0], board)
        b.add(.ellipsoid([0.27, 0.24, 0.1]), at: [0, -0.12, 0], board, blend: 0.1)
        b.add(.box([1, 1, 0.08], rounding: 0), at: [0, -0.4, 0], board, .intersect)
        b.add(
            .cylinder(radius: 0.11, half: 0.085, rounding: 0), at: [0, -0.22, 0], turn: [90, 0, 0],
            ToyPaint(0.1, 0.08, 0.07))
        b.add(.box([0.05, 0.5, 0.04], rounding: 0), at: [0, 0.4, 0.06], b.plain("brown", "black", "tan"))
        b.add(.box([0.08, 0.13, 0.035], rounding: 0.01), at: [0, 0.95, 0.05], board.shaded(0.6))
        b.add(.box([0.13, 0.03, 0.03], rounding: 0), at: [0, -0.6, 0.1], ToyPaint(0.1, 0.1, 0.1))
        b.caption = "\(ToyBuilder.a(body, board)) guitar"
    }

    static func barrel(_ b: inout ToyBuilder) {
        let body = b.tint("brown", "tan", "red", "blue", "grey", "green"), h = b.draw(0.5, 0.7),
            r = b.draw(0.5, 0.62)
        let staves =
            b.chance(0.5) ? b.wood(body) : ToyPaint(body).with(.stripes, body.colour * 0.85, frequency: 5)
        b.add(.ellipsoid([r, 1.1, r]), staves)
        b.add(.box([2, h, 2], rounding: 0), staves, .intersect)
        let hoop = b.plain("grey", "black", "brown")
        let y = h * b.draw(0.5, 0.7), around = r * (1 - y * y / 1.21).squareRoot() + 0.02
        b.add(.cylinder(radius: around, half: 0.04, rounding: 0.01), at: [0, y, 0], hoop)
        b.add(.cylinder(radius: around, half: 0.04, rounding: 0.01), at: [0, -y, 0], hoop)
        b.caption = "\(ToyBuilder.a(body.name)) barrel"
    }

    static func crown(_ b: inout ToyBuilder) {
        let metal = b.tint("yellow", "yellow", "grey", "orange"), gems = b.tint(), n = b.count(5...8)
        b.add(
            .cup(radius: 0.55, half: 0.22, wall: 0.06), at: [0, -0.1, 0], ToyPaint(metal.colour, gloss: 0.3))
        let h = b.draw(0.14, 0.24)
        for i in 0..<n {
            let a = 2 * Float.pi * Float(i) / Float(n) + .pi / 2, x = ToyMath.cos(a), z = ToyMath.sin(a)
            b.add(
                .cone(half: h, bottom: 0.13, top: 0.02), at: [0.52 * x, 0.07 + h, 0.52 * z],
                ToyPaint(metal.colour, gloss: 0.3))
            b.ball(0.07, at: [0.53 * x, 0.09 + 2 * h, 0.53 * z], ToyPaint(gems))
        }
        b.add(.torus(ring: 0.55, tube: 0.06), at: [0, -0.3, 0], ToyPaint(gems))
        b.caption = "\(ToyBuilder.a(metal.name)) crown with \(gems.name) gems"
    }

    static func trafficCone(_ b: inout ToyBuilder) {
        let body = b.tint("orange", "orange", "red", "yellow"), h = b.draw(0.5, 0.75)
        let bands = ToyPaint(body).with(.rings, Tint.plain("white"), frequency: b.draw(1.1, 1.8))
        b.add(.cone(half: h, bottom: 0.38, top: 0.06), bands)
        b.add(
            .box([0.5, 0.05, 0.5], rounding: 0.02), at: [0, -h, 0],
            b.chance(0.6) ? ToyPaint(body) : ToyPaint(0.1, 0.1, 0.1))
        b.caption = "\(ToyBuilder.a(body.name)) traffic cone"
    }
}
