// Animals: dogs, ducks, fish.

enum Animals {
    static let classes: [ToyClass] = [ToyClass("dog", dog), ToyClass("duck", duck), ToyClass("fish", fish)]

    static let black = ToyPaint(0.05, 0.05, 0.05)

    static func dog(_ b: inout ToyBuilder) {
        let fur = b.tint("brown", "tan", "white", "black", "grey", "orange", "cream"), l = b.draw(0.4, 0.58),
            leg = b.draw(0.2, 0.42)
        var coat = ToyPaint(fur)
        if b.chance(0.35) {
            coat = coat.with(
                .patches, b.tint("white", "brown", "black").colour, frequency: b.draw(1.6, 2.8),
                seed: Float(b.count(0...999)))
        }
        b.add(.ellipsoid([b.draw(0.2, 0.27), 0.24, l]), coat)
        let r = b.draw(0.22, 0.3), y = b.draw(0.28, 0.42)
        b.add(.ellipsoid([r, r * 0.95, r]), at: [0, y, l], ToyPaint(fur), blend: 0.1)
        b.add(
            .ellipsoid([0.12, 0.1, b.draw(0.12, 0.2)]), at: [0, y - 0.06, l + r], ToyPaint(fur).shaded(0.9),
            blend: 0.04)
        b.add(.ellipsoid([0.05, 0.04, 0.04]), at: [0, y - 0.02, l + r + 0.15], black)
        b.eyes(0.1, y + 0.08, l + r * 0.9, 0.04)
        b.add(
            .ellipsoid([0.07, b.draw(0.12, 0.2), 0.1]), at: [r * 0.75, y + b.draw(-0.02, 0.28), l - 0.02],
            ToyPaint(fur).shaded(0.7), mirror: .x)
        b.limb(
            [0.14, -0.1, l * 0.65], [0.15, -0.2 - leg, l * 0.68], 0.075, ToyPaint(fur), blend: 0.05,
            mirror: .x)
        b.limb(
            [0.14, -0.1, -l * 0.65], [0.15, -0.2 - leg, -l * 0.7], 0.075, ToyPaint(fur), blend: 0.05,
            mirror: .x)
        b.limb([0, 0.1, -l * 0.9], [0, b.draw(0.1, 0.5), -l - 0.28], 0.055, ToyPaint(fur), blend: 0.04)
        if b.chance(0.3) {
            b.add(
                .torus(ring: 0.2, tube: 0.045), at: [0, y - 0.2, l - 0.1], turn: [35, 0, 0],
                b.plain("red", "blue", "green"))
        }
        b.caption = "\(ToyBuilder.a(fur.name)) dog"
    }

    static func duck(_ b: inout ToyBuilder) {
        let body = b.tint("yellow", "yellow", "white", "sky", "pink", "green"), r = b.draw(0.25, 0.32),
            paint = ToyPaint(body)
        b.add(.ellipsoid([0.4, 0.34, 0.58]), at: [0, -0.2, 0], paint)
        b.ball(r, at: [0, 0.35, 0.38], paint, blend: 0.12)
        b.add(.ellipsoid([0.14, 0.06, 0.16]), at: [0, 0.3, 0.38 + r], b.plain("orange"))
        b.eyes(0.12, 0.45, 0.36 + r * 0.85, 0.045)
        b.add(
            .cone(half: 0.15, bottom: 0.16, top: 0.02), at: [0, 0.02, -0.6], turn: [-50, 0, 0], paint,
            blend: 0.1)
        b.add(.ellipsoid([0.08, 0.17, 0.3]), at: [0.38, -0.15, -0.05], paint.shaded(0.9), mirror: .x)
        b.caption = "\(ToyBuilder.a(body.name)) rubber duck"
    }

    static func fish(_ b: inout ToyBuilder) {
        let body = b.tint(), fins = b.tint(), scales = b.paint(body, patterned: 0.45)
        b.add(.ellipsoid([b.draw(0.2, 0.3), b.draw(0.3, 0.45), 0.65]), scales)
        b.add(.gable(width: 0.35, height: 0.4, length: 0.04), at: [0, 0, -0.9], ToyPaint(fins))
        b.aim(Vector(0, 0, 1))
        b.turnLast(about: 90)
        b.add(.ellipsoid([0.03, 0.25, 0.25]), at: [0, 0.33, -0.05], ToyPaint(fins))
        b.ball(0.07, at: [0.17, 0.1, 0.45], b.plain("white"), mirror: .x)
        b.eyes(0.21, 0.1, 0.48, 0.045)
        b.add(
            .ellipsoid([0.16, 0.03, 0.1]), at: [0.3, -0.1, 0.1], turn: [0, 0, -30], ToyPaint(fins), mirror: .x
        )
        b.caption = "\(ToyBuilder.a(body, scales)) fish with \(fins.name) fins"
    }
}
