// Farm and pond animals: chickens, swans, horses, cows, sheep, frogs, dinosaurs.

enum Farmyard {
    static let classes: [ToyClass] = [
        ToyClass("chicken", chicken), ToyClass("swan", swan), ToyClass("horse", horse), ToyClass("cow", cow),
        ToyClass("sheep", sheep), ToyClass("frog", frog), ToyClass("dinosaur", dinosaur),
    ]

    static func chicken(_ b: inout ToyBuilder) {
        let plumage = b.tint("white", "brown", "orange", "red", "black", "cream", "tan")
        let feathers = Creatures.coat(&b, plumage), plain = ToyPaint(plumage), red = b.plain("red")
        let w = b.draw(0.26, 0.38), l = b.draw(0.36, 0.5), rise = b.draw(0.3, 0.5), r = b.draw(0.14, 0.2)
        b.add(.ellipsoid([w, b.draw(0.28, 0.36), l]), turn: [b.draw(-25, 5), 0, 0], feathers)
        let head: Vector = [0, rise, l * b.draw(0.6, 0.9)]
        b.limb([0, 0.1, l * 0.5], head, r * b.draw(0.7, 1), plain, blend: 0.08)
        b.ball(r, at: head, plain, blend: 0.05)
        b.add(
            .cone(half: 0.07, bottom: 0.06, top: 0.01), at: head + [0, -0.02, r + 0.05], turn: [90, 0, 0],
            b.plain("orange", "yellow"))
        b.add(.ellipsoid([0.03, b.draw(0.05, 0.1), r * 0.8]), at: head + [0, r, 0], red)
        b.ball(0.05, at: head + [0, -r * 0.8, r * 0.7], red)
        b.eyes(r * 0.7, head.y + 0.04, head.z + r * 0.6, 0.03)
        b.add(
            .ellipsoid([0.06, b.draw(0.14, 0.2), b.draw(0.2, 0.3)]), at: [w * 0.95, 0, -0.05],
            turn: [b.draw(-20, 10), 0, 0], plain.shaded(0.85), mirror: .x)
        b.add(
            .ellipsoid([b.draw(0.06, 0.16), b.draw(0.18, 0.32), 0.12]), at: [0, b.draw(0.15, 0.35), -l],
            turn: [b.draw(-40, -10), 0, 0], plain.shaded(0.8), blend: 0.05)
        if b.chance(0.75) {
            let foot = b.draw(0.45, 0.62), yellow = b.plain("orange", "yellow")
            b.rod([0.11, -0.2, 0], [0.12, -foot, 0.04], 0.03, yellow, mirror: .x)
            b.add(.ellipsoid([0.08, 0.025, 0.12]), at: [0.12, -foot, 0.09], yellow, mirror: .x)
        }
        b.caption = "\(ToyBuilder.a(plumage, feathers)) chicken"
    }

    static func swan(_ b: inout ToyBuilder) {
        let plumage = b.tint("white", "white", "black", "grey", "pink", "sky"), paint = ToyPaint(plumage)
        let w = b.draw(0.26, 0.36), l = b.draw(0.45, 0.6), tall = b.draw(0.35, 0.75), tube = b.draw(0.06, 0.1)
        b.add(.ellipsoid([w, b.draw(0.22, 0.3), l]), at: [0, -0.25, -0.05], paint)
        let bend: Vector = [0, tall * 0.55, l * b.draw(0.7, 1)], head: Vector = [0, tall, l * b.draw(0.6, 1)]
        b.limb([0, -0.2, l * 0.75], bend, tube * 1.15, paint, blend: 0.1)
        b.limb(bend, head, tube, paint, blend: 0.04)
        b.add(.ellipsoid([tube * 1.4, tube * 1.3, tube * 1.8]), at: head, paint, blend: 0.03)
        b.add(
            .cone(half: b.draw(0.07, 0.12), bottom: 0.055, top: 0.02), at: head + [0, -0.02, tube * 2.4],
            turn: [96, 0, 0], b.plain("orange", "red", "black"))
        b.eyes(tube, head.y + 0.04, head.z + tube, 0.025)
        let lift = b.draw(0, 0.25)
        b.add(
            .ellipsoid([0.07, b.draw(0.16, 0.26), l * 0.75]), at: [w * 0.95, -0.15 + lift, -0.12],
            turn: [b.draw(5, 25), 0, b.draw(-25, 5)], paint.shaded(0.94), mirror: .x)
        b.add(
            .cone(half: 0.14, bottom: 0.15, top: 0.02), at: [0, -0.08, -l - 0.05],
            turn: [b.draw(-70, -40), 0, 0],
            paint, blend: 0.08)
        b.caption = "\(ToyBuilder.a(plumage.name)) swan"
    }

    /// Four legs of height `floor` for a trunk of half length `l`.
    private static func legs(
        _ b: inout ToyBuilder, x: Float, l: Float, floor: Float, thick: Float, _ coat: ToyPaint,
        hooves: ToyPaint?
    ) {
        for z in [l * 0.72, -l * 0.72] {
            b.limb([x, -0.05, z], [x, floor, z + b.draw(-0.05, 0.05)], thick, coat, blend: 0.04, mirror: .x)
            if let hooves {
                b.add(
                    .cylinder(radius: thick * 1.15, half: 0.05, rounding: 0.02), at: [x, floor, z], hooves,
                    mirror: .x)
            }
        }
    }

    static func horse(_ b: inout ToyBuilder) {
        let fur = b.tint("brown", "black", "white", "grey", "tan", "orange"), hide = Creatures.coat(&b, fur)
        let plain = ToyPaint(fur), mane = ToyPaint(b.tint("black", "brown", "white", "cream"))
        let w = b.draw(0.17, 0.23), l = b.draw(0.4, 0.52), up = b.draw(0.35, 0.55), reach = b.draw(0.12, 0.3)
        b.add(.capsule(half: l * 0.7, radius: w), turn: [90, 0, 0], hide)
        let crown: Vector = [0, up, l + reach], nose = crown + [0, -b.draw(0.08, 0.2), b.draw(0.2, 0.3)]
        b.limb([0, 0.05, l * 0.7], crown, w * 0.6, plain, blend: 0.08)
        b.limb(crown, nose, w * 0.5, plain, blend: 0.04)
        b.eyes(w * 0.45, crown.y, crown.z + 0.08, 0.03)
        b.add(
            .pyramid(width: 0.06, height: 0.14, depth: 0.05), at: crown + [0.07, 0.07, -0.03], plain,
            mirror: .x)
        b.limb([0, 0.2, l * 0.55], crown + [0, 0.08, -0.08], 0.05, mane)
        b.limb([0, 0.08, -l], [0, -b.draw(0.1, 0.4), -l - 0.18], 0.06, mane)
        legs(
            &b, x: w * 0.6, l: l, floor: -b.draw(0.5, 0.7), thick: b.draw(0.055, 0.085), plain,
            hooves: b.chance(0.5) ? b.plain("black", "brown") : nil)
        if b.chance(0.3) {
            b.add(
                .ellipsoid([w * 1.05, 0.1, 0.2]), at: [0, w * 0.7, 0], ToyPaint(b.tint()))
        }
        b.caption = "\(ToyBuilder.a(fur, hide)) horse"
    }

    static func cow(_ b: inout ToyBuilder) {
        let fur = b.tint("white", "brown", "black", "tan", "cream"), plain = ToyPaint(fur)
        let hide =
            b.chance(0.65)
            ? plain.with(
                .patches, b.tint("black", "brown", "white").colour, frequency: b.draw(1.5, 3),
                seed: Float(b.count(0...999)))
            : plain
        let w = b.draw(0.24, 0.32), l = b.draw(0.42, 0.55), r = b.draw(0.17, 0.22), y = b.draw(0.12, 0.3)
        b.add(.box([w, b.draw(0.22, 0.28), l], rounding: 0.18), hide)
        b.add(.ellipsoid([r, r, r * 1.2]), at: [0, y, l + r * 0.7], plain, blend: 0.06)
        b.add(
            .ellipsoid([r * 0.8, r * 0.55, 0.1]), at: [0, y - r * 0.4, l + r * 1.7],
            b.plain("pink", "cream", "grey"),
            blend: 0.02)
        b.eyes(r * 0.7, y + r * 0.3, l + r * 1.5, 0.035)
        b.add(.ellipsoid([0.12, 0.05, 0.04]), at: [r + 0.06, y + r * 0.5, l + r * 0.5], plain, mirror: .x)
        if b.chance(0.7) {
            b.add(
                .cone(half: 0.07, bottom: 0.04, top: 0.01), at: [r * 0.6, y + r + 0.06, l + r * 0.5],
                turn: [0, 0, -20], b.plain("cream", "grey"), mirror: .x)
        }
        b.limb([0, 0.15, -l], [0, -0.25, -l - 0.08], 0.03, plain)
        b.add(.ellipsoid([0.12, 0.07, 0.12]), at: [0, -0.27, -l * 0.5], b.plain("pink"), blend: 0.03)
        legs(
            &b, x: w * 0.65, l: l, floor: -b.draw(0.48, 0.6), thick: b.draw(0.07, 0.1), plain,
            hooves: b.plain("black", "grey"))
        b.caption = "\(ToyBuilder.a(fur, hide)) cow"
    }

    static func sheep(_ b: inout ToyBuilder) {
        let wool = b.tint("white", "cream", "grey", "black", "tan"), fleece = ToyPaint(wool)
        let face = ToyPaint(b.tint("black", "white", "tan", "pink")), l = b.draw(0.36, 0.48),
            r = b.draw(0.28, 0.36)
        b.add(.ellipsoid([r, r * 0.95, l]), fleece)
        for _ in 0..<b.count(3...8) {
            let y = b.draw(-0.6, 0.8), z = b.draw(-0.8, 0.8), x = (max(0, 1 - y * y - z * z)).squareRoot()
            b.ball(
                b.draw(0.1, 0.16), at: [r * x * 0.85, r * y * 0.85, l * z * 0.9], fleece, blend: 0.03,
                mirror: .x)
        }
        let y = b.draw(0.1, 0.28), z = l + b.draw(0.02, 0.12)
        b.add(.ellipsoid([0.14, 0.17, b.draw(0.15, 0.22)]), at: [0, y, z], turn: [25, 0, 0], face)
        b.add(.ellipsoid([0.17, 0.1, 0.12]), at: [0, y + 0.15, z - 0.06], fleece)
        b.add(
            .ellipsoid([0.1, 0.04, 0.05]), at: [0.19, y + 0.03, z - 0.04], turn: [0, 0, -20], face, mirror: .x
        )
        b.eyes(0.08, y + 0.05, z + 0.16, 0.028)
        legs(&b, x: r * 0.5, l: l * 0.8, floor: -b.draw(0.45, 0.58), thick: 0.06, face, hooves: nil)
        if b.chance(0.6) { b.ball(0.08, at: [0, 0.05, -l], fleece) }
        b.caption = "\(ToyBuilder.a(wool.name)) sheep"
    }

    static func frog(_ b: inout ToyBuilder) {
        let skin = b.tint("green", "lime", "teal", "brown", "orange"), hide = Creatures.coat(&b, skin)
        let plain = ToyPaint(skin), w = b.draw(0.32, 0.44), h = b.draw(0.24, 0.34), l = b.draw(0.36, 0.46)
        b.add(.ellipsoid([w, h, l]), turn: [b.draw(-30, 0), 0, 0], hide)
        b.add(.ellipsoid([w * 0.85, h * 0.7, l * 0.6]), at: [0, h * 0.4, l * 0.6], plain, blend: 0.08)
        let eye = b.draw(0.09, 0.14)
        b.ball(eye, at: [w * 0.5, h * 0.95, l * 0.8], plain, mirror: .x)
        b.ball(
            eye * 0.7, at: [w * 0.52, h * 1.0, l * 0.8 + eye * 0.5], b.plain("white", "yellow"), mirror: .x)
        b.eyes(w * 0.53, h * 1.02, l * 0.8 + eye, 0.035)
        b.add(
            .ellipsoid([w * 0.6, h * 0.6, 0.1]), at: [0, -h * 0.1, l * 0.8],
            b.plain("cream", "white", "lime"), blend: 0.05)
        b.add(
            .ellipsoid([0.12, 0.15, 0.28]), at: [w, -h * 0.4, -l * 0.4], turn: [20, 0, 0], plain, mirror: .x)
        b.add(.ellipsoid([0.13, 0.04, 0.2]), at: [w * 1.15, -h - 0.04, 0], plain, mirror: .x)
        b.limb(
            [w * 0.6, -0.05, l * 0.7], [w * 0.8, -h - 0.04, l * 0.9], 0.06, plain, blend: 0.03, mirror: .x)
        b.caption = "\(ToyBuilder.a(skin, hide)) frog"
    }

    static func dinosaur(_ b: inout ToyBuilder) {
        let skin = b.tint("green", "lime", "teal", "purple", "orange", "blue", "grey"),
            hide = Creatures.coat(&b, skin)
        let plain = ToyPaint(skin), trim = ToyPaint(b.tint())
        let upright = b.chance(0.45), l = b.draw(0.34, 0.46), w = b.draw(0.2, 0.28)
        let tail: Vector = [b.draw(-0.1, 0.1), b.draw(-0.3, 0), -l - b.draw(0.35, 0.55)]
        if upright {
            b.add(.ellipsoid([w, l, w * 1.1]), turn: [b.draw(10, 30), 0, 0], hide)
            let head: Vector = [0, l + 0.12, b.draw(0.2, 0.32)]
            b.limb([0, l * 0.5, 0.1], head, w * 0.55, plain, blend: 0.08)
            b.add(.ellipsoid([0.15, 0.14, 0.24]), at: head + [0, 0.04, 0.1], plain, blend: 0.04)
            b.eyes(0.12, head.y + 0.12, head.z + 0.16, 0.035)
            b.limb([w * 0.8, 0.1, 0.15], [w, b.draw(-0.1, 0.05), 0.35], 0.045, plain, mirror: .x)
            b.limb([w * 0.7, -l * 0.5, 0], [w * 0.75, -l - 0.2, 0.05], 0.1, plain, blend: 0.06, mirror: .x)
            b.add(.ellipsoid([0.1, 0.05, 0.16]), at: [w * 0.75, -l - 0.24, 0.1], plain, mirror: .x)
            b.limb([0, -l * 0.5, -w * 0.5], [0, -l * 0.7, -0.45], 0.14, plain, blend: 0.1)
            b.limb([0, -l * 0.7, -0.4], [tail.x, -l * 0.6, -0.8], 0.07, plain, blend: 0.06)
        } else {
            b.add(.ellipsoid([w, w * b.draw(0.9, 1.2), l]), hide)
            let tall = b.draw(0.1, 0.65), head: Vector = [0, tall, l + b.draw(0.15, 0.35)]
            b.limb([0, 0.05, l * 0.7], head, b.draw(0.08, 0.13), plain, blend: 0.08)
            b.add(.ellipsoid([0.11, 0.1, 0.17]), at: head + [0, 0.02, 0.08], plain, blend: 0.04)
            b.eyes(0.08, head.y + 0.07, head.z + 0.14, 0.03)
            legs(
                &b, x: w * 0.7, l: l * 0.8, floor: -b.draw(0.4, 0.52), thick: b.draw(0.075, 0.11), plain,
                hooves: nil)
            b.limb([0, 0, -l * 0.7], tail, 0.09, plain, blend: 0.1)
        }
        if b.chance(0.55), !upright {
            for i in 0..<5 {
                let z = l * (0.8 - 0.4 * Float(i))
                b.add(
                    .pyramid(width: 0.04, height: b.draw(0.14, 0.24), depth: 0.12),
                    at: [0, w * 1.1 * (max(0.1, 1 - z * z / (l * l))).squareRoot() - 0.03, z], trim)
            }
        }
        b.caption = "\(ToyBuilder.a(skin, hide)) dinosaur"
    }
}
