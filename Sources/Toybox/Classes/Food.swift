// Food: donuts, cakes, hamburgers, apples, ice cream.

enum Food {
    static let classes: [ToyClass] = [
        ToyClass("donut", donut), ToyClass("cake", cake), ToyClass("hamburger", hamburger),
        ToyClass("apple", apple),
        ToyClass("ice cream", iceCream),
    ]

    static func donut(_ b: inout ToyBuilder) {
        let dough = b.tint("tan", "brown", "cream"), icing = b.tint(), ring = b.draw(0.48, 0.6),
            tube = b.draw(0.2, 0.3)
        let tilt: Float = b.pick(Float(0), 0, 75)
        b.add(
            .torus(ring: ring, tube: tube), turn: [tilt, 0, 0],
            ToyPaint(dough).with(.halves, icing.colour, frequency: 1))
        if b.chance(0.4), tilt == 0 {
            for _ in 0..<b.count(8...14) {
                let a = b.draw(0, 6.28), r = ring + b.draw(-0.5, 0.5) * tube, t = r - ring
                let y = max(tube * tube - t * t, 0).squareRoot()
                b.ball(0.035, at: [r * ToyMath.cos(a), y, r * ToyMath.sin(a)], ToyPaint(b.tint()))
            }
        }
        b.caption = "\(ToyBuilder.a(dough.name)) donut with \(icing.name) icing"
    }

    static func cake(_ b: inout ToyBuilder) {
        let sponge = b.tint("pink", "white", "brown", "cream", "sky", "yellow")
        let icing = b.tint("white", "pink", "brown", "red", "cream"), r = b.draw(0.58, 0.75)
        var y: Float = -0.4
        for i in 0..<b.count(1...3) {
            let h = b.draw(0.14, 0.24), layer = r * (1 - 0.28 * Float(i))
            b.add(
                .cylinder(radius: layer, half: h, rounding: 0.04), at: [0, y + h, 0],
                b.paint(sponge, patterned: 0.2))
            b.add(
                .cylinder(radius: layer + 0.015, half: 0.05, rounding: 0.03), at: [0, y + 2 * h - 0.02, 0],
                ToyPaint(icing))
            y += 2 * h
        }
        let candles = b.count(0...5)
        for i in 0..<candles {
            let a = 2 * Float.pi * Float(i) / Float(candles), spread: Float = candles > 1 ? 0.2 : 0
            b.add(
                .cylinder(radius: 0.035, half: 0.13, rounding: 0.01),
                at: [spread * ToyMath.cos(a), y + 0.13, spread * ToyMath.sin(a)], ToyPaint(b.tint()))
        }
        if candles == 0 { b.ball(0.1, at: [0, y + 0.07, 0], b.plain("red")) }
        b.caption = "\(ToyBuilder.a(sponge.name)) cake with \(icing.name) icing"
    }

    static func hamburger(_ b: inout ToyBuilder) {
        let r = b.draw(0.6, 0.72), bun = b.tint("tan", "orange", "brown")
        let top = b.chance(0.4) ? ToyPaint(bun).with(.dots, Tint.plain("cream"), frequency: 6) : ToyPaint(bun)
        b.add(.ellipsoid([r, r * 0.6, r]), at: [0, 0.12, 0], top)
        b.add(.box([2, 1, 2], rounding: 0), at: [0, -0.88, 0], ToyPaint(bun), .subtract)
        var y: Float = 0.1, last = ""
        for _ in 0..<b.count(2...4) {
            let (name, colour) = b.pick(
                ("lettuce", Tint.plain("green")), ("patty", Vector(0.30, 0.16, 0.09)),
                ("cheese", Tint.plain("yellow")),
                ("tomato", Tint.plain("red")))
            let half = b.draw(0.04, 0.09)
            b.add(
                .cylinder(radius: r * b.draw(0.98, 1.08), half: half, rounding: half * 0.9),
                at: [0, y - half, 0], ToyPaint(colour))
            y -= 2 * half
            last = name
        }
        b.add(.cylinder(radius: r * 0.97, half: 0.11, rounding: 0.08), at: [0, y - 0.1, 0], ToyPaint(bun))
        b.caption = "a hamburger with \(last)"
    }

    static func apple(_ b: inout ToyBuilder) {
        let skin = b.tint("red", "green", "lime", "yellow", "orange"), r = b.draw(0.5, 0.6),
            h = r * b.draw(0.85, 1)
        var paint = ToyPaint(skin)
        if b.chance(0.4) {
            paint = paint.with(.gradient, b.tint("red", "lime", "yellow").colour, frequency: b.draw(0.6, 1.2))
        }
        b.add(.ellipsoid([r, h, r]), paint)
        b.add(
            .cone(half: 0.15, bottom: 0.02, top: 0.25), at: [0, h * 1.02, 0], ToyPaint(skin).shaded(0.9),
            .subtract)
        b.limb([0, r * 0.6, 0], [0.05, r + 0.25, 0], 0.035, b.plain("brown"))
        if b.chance(0.7) {
            b.add(
                .ellipsoid([0.18, 0.03, 0.09]), at: [0.2, r + 0.15, 0], turn: [0, 0, 25], b.plain("green"))
        }
        b.caption = "\(ToyBuilder.a(skin.name)) apple"
    }

    static func iceCream(_ b: inout ToyBuilder) {
        let scoop = b.tint("pink", "white", "brown", "lime", "cream", "yellow", "sky"),
            wafer = b.tint("tan", "orange")
        b.add(
            .cone(half: b.draw(0.4, 0.55), bottom: 0.03, top: 0.32), at: [0, -0.4, 0],
            ToyPaint(wafer).with(.checks, Tint.plain("brown"), frequency: 5))
        b.add(.ellipsoid([0.38, 0.36, 0.38]), at: [0, 0.25, 0], ToyPaint(scoop))
        if b.chance(0.5) {
            b.add(
                .ellipsoid([0.31, 0.3, 0.31]), at: [0, 0.65, 0],
                ToyPaint(b.tint("pink", "white", "brown", "lime", "cream")))
            if b.chance(0.5) { b.ball(0.09, at: [0, 1, 0], b.plain("red")) }
        } else if b.chance(0.5) {
            b.ball(0.09, at: [0, 0.66, 0], b.plain("red"))
        }
        b.caption = "\(ToyBuilder.a(scoop.name)) ice cream cone"
    }
}
