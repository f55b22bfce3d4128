// Kitchen objects: kettles, jugs, pots, bowls, sandwiches, candles.

enum Kitchen {
    static let classes: [ToyClass] = [
        ToyClass("kettle", kettle), ToyClass("jug", jug), ToyClass("pot", pot), ToyClass("bowl", bowl),
        ToyClass("sandwich", sandwich), ToyClass("candle", candle),
    ]

    static func kettle(_ b: inout ToyBuilder) {
        let body = b.tint(), grip = b.tint("black", "brown", "grey", "red"),
            metal = b.paint(body, patterned: 0.15)
        let r = b.draw(0.38, 0.5), h = b.draw(0.22, 0.42)
        switch b.count(0...2) {
        case 0: b.add(.cone(half: h, bottom: r, top: r * b.draw(0.55, 0.85)), metal)
        case 1: b.add(.cylinder(radius: r, half: h, rounding: b.draw(0.05, 0.18)), metal)
        default: b.add(.ellipsoid([r, h * 1.15, r]), metal)
        }
        b.add(.cylinder(radius: r * 0.45, half: 0.04, rounding: 0.02), at: [0, h, 0], ToyPaint(body))
        b.ball(b.draw(0.05, 0.08), at: [0, h + 0.09, 0], ToyPaint(grip))
        let side: Float = b.chance(0.5) ? 1 : -1, wide = b.draw(0.05, 0.09)
        b.limb(
            [side * r * 0.75, b.draw(-0.1, 0.05), 0],
            [side * (r + b.draw(0.12, 0.24)), h * b.draw(0.6, 1.1), 0],
            wide, ToyPaint(body), blend: 0.06)
        b.add(
            .arc(ring: r * b.draw(0.7, 0.95), tube: b.draw(0.03, 0.05), degrees: b.draw(75, 100)),
            at: [0, h * 0.9, 0], ToyPaint(grip))
        b.caption = "\(ToyBuilder.a(body, metal)) kettle with \(ToyBuilder.a(grip.name)) handle"
    }

    static func jug(_ b: inout ToyBuilder) {
        let body = b.tint(), grip = b.sameOrOther(body, same: 0.7), glaze = b.paint(body, patterned: 0.4)
        let r = b.draw(0.26, 0.4), h = b.draw(0.4, 0.6), neck = r * b.draw(0.5, 0.9)
        b.add(.ellipsoid([r, h * 0.7, r]), at: [0, -h * 0.3, 0], glaze)
        b.add(
            .cone(half: h * 0.45, bottom: neck * 0.8, top: neck), at: [0, h * 0.55, 0], glaze,
            blend: b.draw(0.04, 0.12))
        b.add(.cylinder(radius: neck * 0.8, half: 0.1, rounding: 0), at: [0, h + 0.02, 0], glaze, .subtract)
        let side: Float = b.chance(0.5) ? 1 : -1
        b.add(
            .cone(half: 0.1, bottom: 0.03, top: 0.1), at: [side * neck, h * 0.88, 0],
            turn: [0, 0, -side * 55],
            glaze, blend: 0.04)
        b.add(
            .arc(ring: h * b.draw(0.4, 0.6), tube: b.draw(0.035, 0.06), degrees: b.draw(85, 110)),
            at: [-side * neck * 0.95, h * b.draw(0, 0.3), 0], turn: [0, 0, 90 * side], ToyPaint(grip))
        if b.chance(0.5) {
            b.add(
                .cylinder(radius: r * b.draw(0.6, 0.8), half: 0.05, rounding: 0.02), at: [0, -h * 0.95, 0],
                glaze)
        }
        b.caption = "\(ToyBuilder.a(body, glaze)) jug"
    }

    static func pot(_ b: inout ToyBuilder) {
        let body = b.tint("grey", "red", "black", "blue", "orange", "green", "teal"), metal = ToyPaint(body)
        let r = b.draw(0.4, 0.55), h = b.draw(0.18, 0.36), grips = b.plain("black", "brown", "grey")
        b.add(.cylinder(radius: r, half: h, rounding: b.draw(0.02, 0.1)), b.paint(body, patterned: 0.15))
        if b.chance(0.7) {
            b.add(.ellipsoid([r * 0.97, b.draw(0.08, 0.16), r * 0.97]), at: [0, h, 0], metal.shaded(0.9))
            b.ball(0.07, at: [0, h + 0.17, 0], grips)
        } else {
            b.add(.cylinder(radius: r * 0.9, half: h, rounding: 0.02), at: [0, h * 0.4, 0], metal, .subtract)
        }
        if b.chance(0.4) {
            b.limb([r, h * 0.6, 0], [r + b.draw(0.4, 0.6), h * b.draw(0.6, 1), 0], 0.045, grips)
            b.caption = "\(ToyBuilder.a(body.name)) pot with a long handle"
        } else {
            b.add(.torus(ring: 0.12, tube: 0.035), at: [r + 0.06, h * 0.4, 0], grips, mirror: .x)
            b.caption = "\(ToyBuilder.a(body.name)) pot"
        }
    }

    static func bowl(_ b: inout ToyBuilder) {
        let body = b.tint(), glaze = b.paint(body, patterned: 0.4), r = b.draw(0.5, 0.65),
            h = b.draw(0.25, 0.4)
        b.add(.ellipsoid([r, h * 1.6, r]), at: [0, h, 0], glaze)
        b.add(.box([r * 1.1, h * 2, r * 1.1], rounding: 0), at: [0, h * 3, 0], glaze, .subtract)
        b.add(
            .ellipsoid([r * 0.9, h * 1.4, r * 0.9]), at: [0, h * 1.05, 0], ToyPaint(b.sameOrOther(body)),
            .subtract)
        b.add(
            .cylinder(radius: r * b.draw(0.35, 0.55), half: 0.05, rounding: 0.01), at: [0, -h * 0.55, 0],
            glaze)
        if b.chance(0.6) {
            let fruit = b.tint("red", "orange", "green", "yellow", "purple")
            for i in 0..<b.count(3...6) {
                let turn = Float(i) * 2.2, away = i == 0 ? 0 : r * 0.45
                b.ball(
                    b.draw(0.15, 0.21),
                    at: [away * ToyMath.cos(turn), h * b.draw(0.75, 1.05), away * ToyMath.sin(turn)],
                    ToyPaint(fruit).shaded(b.draw(0.85, 1.05)))
            }
            b.caption = "\(ToyBuilder.a(body, glaze)) bowl of \(fruit.name) fruit"
        } else {
            b.caption = "\(ToyBuilder.a(body, glaze)) bowl"
        }
    }

    static func sandwich(_ b: inout ToyBuilder) {
        let bread = b.tint("tan", "cream", "brown", "orange"), w = b.draw(0.5, 0.65), d = w * b.draw(0.75, 1)
        var y: Float = -0.3, colours: [String] = []
        func slab(_ b: inout ToyBuilder, _ paint: ToyPaint, half: Float, spread: Float) {
            b.add(
                .box([w * spread, half, d * spread], rounding: min(half, 0.06)), at: [0, y + half, 0], paint)
            y += 2 * half
        }
        slab(&b, ToyPaint(bread), half: b.draw(0.06, 0.11), spread: 1)
        for _ in 0..<b.count(1...4) {
            let layer = b.tint("green", "red", "yellow", "pink", "brown", "white")
            colours.append(layer.name)
            slab(&b, ToyPaint(layer), half: b.draw(0.025, 0.07), spread: b.draw(0.9, 1.08))
        }
        slab(&b, ToyPaint(bread), half: b.draw(0.06, 0.13), spread: 1)
        if b.chance(0.25) { b.ball(0.07, at: [0, y + 0.05, 0], b.plain("green", "red")) }
        b.caption = "a sandwich of \(bread.name) bread with \(colours[0]) filling"
    }

    static func candle(_ b: inout ToyBuilder) {
        let wax = b.tint(), h = b.draw(0.3, 0.65), r = b.draw(0.12, 0.26), holder = b.tint()
        b.add(.cylinder(radius: r, half: h, rounding: 0.03), b.paint(wax, patterned: 0.35))
        b.add(.cylinder(radius: 0.02, half: 0.08, rounding: 0), at: [0, h + 0.06, 0], b.plain("black"))
        if b.chance(0.6) {
            b.add(
                .ellipsoid([0.06, b.draw(0.1, 0.16), 0.06]), at: [0, h + 0.2, 0], b.plain("yellow", "orange"))
        }
        if b.chance(0.7) {
            let wide = r * b.draw(1.4, 2.4)
            b.add(.cylinder(radius: wide, half: 0.05, rounding: 0.03), at: [0, -h, 0], ToyPaint(holder))
            if b.chance(0.5) {
                b.add(.torus(ring: 0.12, tube: 0.03), at: [wide + 0.1, -h, 0], ToyPaint(holder))
            }
            b.caption = "\(ToyBuilder.a(wax.name)) candle on \(ToyBuilder.a(holder.name)) holder"
        } else {
            b.caption = "\(ToyBuilder.a(wax.name)) candle"
        }
    }
}
