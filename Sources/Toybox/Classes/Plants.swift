// Plants: trees, cacti, mushrooms.

enum Plants {
    static let classes: [ToyClass] = [
        ToyClass("tree", tree), ToyClass("pine tree", pineTree), ToyClass("mushroom", mushroom),
        ToyClass("cactus", cactus),
    ]

    static func tree(_ b: inout ToyBuilder) {
        let leaves = b.tint("green", "lime", "teal", "orange", "red", "pink", "yellow"),
            bark = b.wood(b.tint("brown", "tan"))
        b.add(.cone(half: 0.4, bottom: b.draw(0.1, 0.16), top: 0.09), at: [0, -0.4, 0], bark)
        let r = b.draw(0.4, 0.55), tall = b.draw(0.8, 1.2)
        let dapple = ToyPaint(leaves).with(
            .marble, leaves.colour * b.draw(0.6, 0.8), frequency: b.draw(3, 7), seed: Float(b.count(0...999)))
        let paint = b.chance(0.6) ? dapple : ToyPaint(leaves)
        b.add(.ellipsoid([r, r * tall, r]), at: [0, 0.35, 0], paint)
        for _ in 0..<b.count(2...5) {
            let v = Vector(b.random.normal(), b.random.normal(), b.random.normal()).normalised * r * 0.7
            b.ball(
                b.draw(0.22, 0.35), at: v + Vector(0, 0.35, 0), paint.shaded(b.draw(0.85, 1.15)), blend: 0.08)
        }
        b.caption = "\(ToyBuilder.a(leaves.name)) tree"
    }

    static func pineTree(_ b: inout ToyBuilder) {
        let leaves = b.tint("green", "teal", "lime", "white"), n = b.count(2...4)
        b.add(
            .cylinder(radius: 0.1, half: 0.2, rounding: 0), at: [0, -0.7, 0], ToyPaint(b.tint("brown", "tan"))
        )
        for i in 0..<n {
            let f = Float(i) / Float(n)
            b.add(
                .cone(half: 0.65 / Float(n), bottom: 0.55 * (1 - f * 0.65), top: 0.02),
                at: [0, -0.4 + 1.08 * f, 0],
                ToyPaint(leaves).shaded(0.9 + 0.1 * f))
        }
        if b.chance(0.3) { b.ball(0.09, at: [0, 0.95, 0], b.plain("yellow")) }
        if b.chance(0.3) {
            for _ in 0..<b.count(4...8) {
                let a = b.draw(0, 6.28), y = b.draw(-0.4, 0.2), r = 0.33 - 0.25 * (y + 0.4)
                b.ball(
                    0.06, at: [r * ToyMath.cos(a), y, r * ToyMath.sin(a)],
                    ToyPaint(b.tint("red", "yellow", "blue", "pink")))
            }
        }
        b.caption = "\(ToyBuilder.a(leaves.name)) pine tree"
    }

    static func mushroom(_ b: inout ToyBuilder) {
        let cap = b.tint("red", "brown", "orange", "purple", "tan", "pink", "yellow"), r = b.draw(0.5, 0.75)
        var paint = ToyPaint(cap)
        if b.chance(0.6) { paint = paint.with(.dots, Tint.plain("white"), frequency: b.draw(3, 4.5)) }
        b.add(.ellipsoid([r, r * b.draw(0.55, 0.85), r]), at: [0, 0.15, 0], paint)
        b.add(.box([2, 0.5, 2], rounding: 0), at: [0, -0.4, 0], b.plain("cream"), .subtract)
        let low = b.draw(0.16, 0.28)
        b.add(
            .cone(half: 0.35, bottom: low, top: b.draw(0.13, 0.2)), at: [0, -0.2, 0],
            ToyPaint(b.tint("white", "cream", "tan")), blend: 0.04)
        b.caption = "\(ToyBuilder.a(cap, paint)) mushroom"
    }

    static func cactus(_ b: inout ToyBuilder) {
        let body = b.tint("green", "lime", "teal"), h = b.draw(0.5, 0.75), r = b.draw(0.16, 0.24)
        let ribs =
            b.chance(0.4) ? ToyPaint(body).with(.stripes, body.colour * 0.75, frequency: 8) : ToyPaint(body)
        b.add(.capsule(half: h, radius: r), at: [0, 0.1, 0], ribs)
        for side in [Float(1), -1] where b.chance(0.85) {
            let y = b.draw(-0.1, 0.3), x = side * (r + b.draw(0.18, 0.28)), q = r * 0.6
            b.limb([0, y, 0], [x, y + 0.03, 0], q, ToyPaint(body), blend: 0.06)
            b.limb([x, y + 0.03, 0], [x, y + b.draw(0.25, 0.45), 0], q, ToyPaint(body), blend: 0.06)
        }
        b.caption = "\(ToyBuilder.a(body.name)) cactus"
        if b.chance(0.6) {
            let pot = b.tint("orange", "brown", "red", "white", "blue"), clay = b.paint(pot, patterned: 0.2)
            b.add(.cone(half: 0.22, bottom: 0.28, top: 0.38), at: [0, -h - 0.1, 0], clay)
            b.caption += " in \(ToyBuilder.a(pot, clay)) pot"
        }
        if b.chance(0.4) {
            b.add(
                .ellipsoid([0.09, 0.07, 0.09]), at: [0, h + 0.1 + r, 0],
                ToyPaint(b.tint("pink", "red", "yellow")))
        }
    }
}
