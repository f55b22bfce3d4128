// More food and plants, and structures: pears, bananas, pumpkins, cupcakes, pineapples, flowers, castles, lighthouses.

enum Groceries {
    static let classes: [ToyClass] = [
        ToyClass("pear", pear), ToyClass("banana", banana), ToyClass("pumpkin", pumpkin),
        ToyClass("cupcake", cupcake),
        ToyClass("pineapple", pineapple), ToyClass("flower", flower), ToyClass("potted plant", pottedPlant),
        ToyClass("carrot", carrot),
    ]

    static func pear(_ b: inout ToyBuilder) {
        let skin = b.tint("green", "lime", "yellow", "tan", "red"), r = b.draw(0.42, 0.52)
        let paint =
            b.chance(0.4)
            ? ToyPaint(skin).with(.gradient, b.tint("red", "orange", "brown").colour, frequency: 0.9)
            : ToyPaint(skin)
        b.ball(r, at: [0, -0.2, 0], paint)
        b.add(
            .ellipsoid([r * 0.58, r * 0.75, r * 0.58]), at: [b.draw(-0.05, 0.05), r * 0.75, 0], paint,
            blend: 0.22)
        b.limb([0, r * 1.3, 0], [b.draw(-0.1, 0.1), r * 1.3 + 0.28, 0], 0.03, b.plain("brown"))
        if b.chance(0.6) {
            b.add(
                .ellipsoid([0.16, 0.025, 0.08]), at: [0.16, r * 1.3 + 0.14, 0], turn: [0, 0, 25],
                b.plain("green"))
        }
        b.caption = "\(ToyBuilder.a(skin.name)) pear"
    }

    static func banana(_ b: inout ToyBuilder) {
        let skin = b.tint("yellow", "yellow", "lime", "green"), paint = ToyPaint(skin), n = b.count(1...3)
        for i in 0..<n {
            let x = 0.24 * (Float(i) - Float(n - 1) / 2)
            b.add(
                .arc(ring: 0.7, tube: b.draw(0.13, 0.16), degrees: 50), at: [x, 0.35, 0],
                turn: [180, 90 + 12 * x, 0], paint.shaded(1 - 0.06 * Float(i)), blend: i == 0 ? 0 : 0.02)
        }
        b.limb([0, -0.09, -0.55], [0, 0.08, -0.7], 0.065, b.plain("brown", "tan"), blend: 0.04)
        b.caption =
            n == 1 ? "\(ToyBuilder.a(skin.name)) banana" : "\(ToyBuilder.a(skin.name)) bunch of bananas"
    }

    static func pumpkin(_ b: inout ToyBuilder) {
        let skin = b.tint("orange", "orange", "yellow", "white", "green", "red"), r = b.draw(0.3, 0.38), n = 7
        for i in 0..<n {
            let a = 2 * Float.pi * Float(i) / Float(n)
            b.add(
                .ellipsoid([0.3, r + 0.12, 0.3]), at: [r * ToyMath.sin(a), 0, r * ToyMath.cos(a)],
                ToyPaint(skin), blend: i == 0 ? 0 : 0.03)
        }
        b.limb([0, 0.3, 0], [b.draw(-0.1, 0.1), 0.62, 0], 0.07, b.plain("brown", "green"), blend: 0.05)
        if b.chance(0.35) {
            b.add(
                .pyramid(width: 0.1, height: 0.17, depth: 0.08), at: [0.19, 0.08, r + 0.2],
                turn: [-12, 14, 0],
                Animals.black, mirror: .x)
            b.add(.box([0.2, 0.05, 0.06], rounding: 0.03), at: [0, -0.14, r + 0.26], Animals.black)
            b.caption = "\(ToyBuilder.a(skin.name)) pumpkin with a face"
        } else {
            b.caption = "\(ToyBuilder.a(skin.name)) pumpkin"
        }
    }

    static func cupcake(_ b: inout ToyBuilder) {
        let cup = b.tint(), icing = b.tint(), cream = ToyPaint(icing)
        b.add(
            .cone(half: 0.3, bottom: 0.32, top: 0.46), at: [0, -0.4, 0],
            ToyPaint(cup).with(.stripes, cup.colour * 0.75, frequency: 9))
        var r: Float = 0.5, y: Float = -0.06
        for i in 0..<b.count(2...4) {
            b.add(.torus(ring: r * 0.55, tube: r * 0.42), at: [0, y, 0], cream, blend: i == 0 ? 0 : 0.04)
            b.ball(r * 0.5, at: [0, y, 0], cream, blend: 0.04)
            y += r * 0.55
            r *= 0.72
        }
        if b.chance(0.6) { b.ball(0.1, at: [0, y + 0.04, 0], b.plain("red", "pink", "blue")) }
        b.caption = "\(ToyBuilder.a(cup.name)) cupcake with \(icing.name) icing"
    }

    static func pineapple(_ b: inout ToyBuilder) {
        let skin = b.tint("yellow", "orange", "brown", "tan"), r = b.draw(0.36, 0.44), h = b.draw(0.48, 0.58)
        b.add(
            .ellipsoid([r, h, r]), at: [0, -0.3, 0],
            ToyPaint(skin).with(.checks, skin.colour * 0.65, frequency: b.draw(5, 7)))
        let n = b.count(6...9), leaf = b.plain("green", "teal", "lime")
        for i in 0..<n {
            let a = 2 * Float.pi * Float(i) / Float(n), lean: Float = i % 2 == 0 ? 0.3 : 0.14,
                tall: Float = i % 2 == 0 ? 0.3 : 0.5
            b.add(
                .cone(half: tall / 2, bottom: 0.08, top: 0.005),
                at: [lean / 2 * ToyMath.cos(a), h - 0.32 + tall / 2, lean / 2 * ToyMath.sin(a)], leaf)
            b.aim([lean * ToyMath.cos(a), tall, lean * ToyMath.sin(a)])
        }
        b.caption = "\(ToyBuilder.a(skin.name)) pineapple"
    }

    static func flower(_ b: inout ToyBuilder) {
        let petal = b.tint("red", "pink", "yellow", "purple", "white", "blue", "orange"),
            heart = b.tint("yellow", "brown", "orange", "black"), n = b.count(5...9)
        let r = b.draw(0.26, 0.34), tilt = b.draw(20, 70), rotation = Rotation(degrees: [tilt, 0, 0])
        let centre: Vector = [0, 0.42, 0.05]
        for i in 0..<n {
            let a = 2 * Float.pi * Float(i) / Float(n)
            let out = rotation.applied(to: [ToyMath.cos(a), 0, ToyMath.sin(a)])
            b.add(
                .ellipsoid([0.6 * r * 4 / Float(n) + 0.04, r * 0.72, 0.05]), at: centre + out * r,
                ToyPaint(petal))
            b.aim(out)
            // The thin axis of a petal is aligned with the flower's axis.
            b.faceLast(rotation.applied(to: [0, 1, 0]))
        }
        b.add(.ellipsoid([r * 0.55, 0.1, r * 0.55]), at: centre, turn: [tilt, 0, 0], ToyPaint(heart))
        b.limb([0, 0.4, 0], [b.draw(-0.08, 0.08), -0.85, 0], 0.035, b.plain("green"))
        b.add(
            .ellipsoid([0.22, 0.03, 0.09]), at: [0.2, -0.3, 0], turn: [0, b.draw(-40, 40), 28],
            b.plain("green", "lime"))
        if b.chance(0.6) {
            b.add(
                .ellipsoid([0.22, 0.03, 0.09]), at: [-0.2, -0.5, 0], turn: [0, b.draw(-40, 40), -28],
                b.plain("green", "lime"))
        }
        b.caption = "\(ToyBuilder.a(petal.name)) flower"
    }

    static func pottedPlant(_ b: inout ToyBuilder) {
        let pot = b.tint(), clay = b.paint(pot, patterned: 0.3), n = b.count(5...9),
            leaf = b.tint("green", "lime", "teal")
        b.add(.cone(half: 0.26, bottom: 0.26, top: b.draw(0.34, 0.44)), at: [0, -0.55, 0], clay)
        b.add(.cylinder(radius: 0.3, half: 0.03, rounding: 0), at: [0, -0.3, 0], b.plain("brown"))
        for _ in 0..<n {
            let a = b.draw(0, 6.28), lean = b.draw(0.05, 0.6), tall = b.draw(0.35, 0.95)
            let tip = Vector(lean * ToyMath.cos(a), -0.3 + tall, lean * ToyMath.sin(a))
            b.limb([0, -0.32, 0], tip, 0.022, ToyPaint(leaf).shaded(0.7))
            b.add(
                .ellipsoid([b.draw(0.09, 0.16), 0.24, 0.03]), at: tip + Vector(0, 0.08, 0),
                ToyPaint(leaf).shaded(b.draw(0.8, 1.15)))
            b.aim([lean * ToyMath.cos(a) + 0.01, tall * 0.8, lean * ToyMath.sin(a)])
        }
        b.caption = "\(ToyBuilder.a(leaf.name)) plant in \(ToyBuilder.a(pot, clay)) pot"
    }

    static func carrot(_ b: inout ToyBuilder) {
        let root = b.tint("orange", "orange", "purple", "yellow", "cream"), h = b.draw(0.5, 0.65)
        b.add(
            .cone(half: h, bottom: 0.03, top: b.draw(0.18, 0.26)), at: [0, -0.25, 0],
            ToyPaint(root).with(.rings, root.colour * 0.88, frequency: 6))
        for _ in 0..<b.count(4...7) {
            b.limb(
                [0, h - 0.27, 0], [b.draw(-0.25, 0.25), h + b.draw(0.1, 0.35), b.draw(-0.25, 0.25)],
                b.draw(0.03, 0.06), b.plain("green", "lime"))
        }
        b.caption = "\(ToyBuilder.a(root.name)) carrot"
    }
}
