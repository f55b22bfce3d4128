// More animals: cats, rabbits, birds, penguins, turtles, pigs, elephants, giraffes, snails, horses.

enum Creatures {
    static let classes: [ToyClass] = [
        ToyClass("cat", cat), ToyClass("rabbit", rabbit), ToyClass("bird", bird),
        ToyClass("penguin", penguin),
        ToyClass("turtle", turtle), ToyClass("pig", pig), ToyClass("elephant", elephant),
        ToyClass("giraffe", giraffe),
        ToyClass("snail", snail), ToyClass("owl", owl),
    ]

    /// Fur of one colour, or with patches or stripes of another.
    static func coat(_ b: inout ToyBuilder, _ fur: Tint) -> ToyPaint {
        guard b.chance(0.4) else { return ToyPaint(fur) }
        let second = b.chance(0.5) ? fur.colour * 0.55 : b.tint("white", "brown", "black", "grey").colour
        let pattern = b.pick(ToyPattern.patches, .patches, .stripes, .marble, .rings)
        return ToyPaint(fur).with(pattern, second, frequency: b.draw(1.8, 5), seed: Float(b.count(0...999)))
    }

    static func cat(_ b: inout ToyBuilder) {
        let fur = b.tint("orange", "grey", "black", "white", "brown", "tan", "cream"), hide = coat(&b, fur),
            plain = ToyPaint(fur)
        let r = b.draw(0.24, 0.3)
        let sitting = b.chance(0.5),
            head: Vector = sitting ? [0, 0.48, 0.16] : [0, 0.32, b.draw(0.42, 0.55)]
        if sitting {
            b.add(
                .cone(half: 0.42, bottom: b.draw(0.32, 0.4), top: 0.17), at: [0, -0.1, 0], turn: [8, 0, 0],
                hide)
            b.add(.ellipsoid([0.36, 0.22, 0.36]), at: [0, -0.42, -0.05], hide, blend: 0.12)
            b.limb([0.11, 0.05, 0.2], [0.12, -0.55, 0.3], 0.075, plain, blend: 0.05, mirror: .x)
            b.add(.ellipsoid([0.09, 0.06, 0.13]), at: [0.13, -0.58, 0.34], plain, mirror: .x)
            b.limb([0.15, -0.55, -0.3], [0.45, -0.56, b.draw(-0.2, 0.15)], 0.06, plain, blend: 0.06)
        } else {
            let l = head.z - 0.06, leg = b.draw(0.25, 0.4)
            b.add(.capsule(half: l, radius: 0.2), turn: [90, 0, 0], hide)
            b.limb(
                [0.12, -0.1, l * 0.85], [0.13, -0.15 - leg, l * 0.9], 0.065, plain, blend: 0.05, mirror: .x)
            b.limb(
                [0.12, -0.1, -l * 0.85], [0.13, -0.15 - leg, -l * 0.9], 0.065, plain, blend: 0.05, mirror: .x)
            let tip: Vector = [b.draw(-0.15, 0.15), b.draw(0.2, 0.65), -l - 0.35]
            b.limb([0, 0.08, -l - 0.1], tip, 0.05, plain, blend: 0.05)
        }
        b.add(.ellipsoid([r, r * 0.88, r * 0.9]), at: head, hide, blend: 0.06)
        b.add(
            .pyramid(width: 0.1, height: 0.2, depth: 0.06), at: head + [r * 0.62, r * 0.6, 0],
            turn: [0, 0, -14], plain, mirror: .x)
        b.add(
            .ellipsoid([0.11, 0.075, 0.08]), at: head + [0, -0.08, r * 0.82], b.plain("white", "cream"),
            blend: 0.02)
        b.add(
            .ellipsoid([0.035, 0.025, 0.03]), at: head + [0, -0.03, r * 0.82 + 0.07], b.plain("pink", "black")
        )
        b.ball(0.05, at: head + [0.1, 0.05, r * 0.8], b.plain("lime", "yellow", "sky", "green"), mirror: .x)
        b.eyes(0.1, head.y + 0.05, head.z + r * 0.8 + 0.032, 0.028)
        b.caption = "\(ToyBuilder.a(fur, hide)) cat"
    }

    static func rabbit(_ b: inout ToyBuilder) {
        let fur = b.tint("white", "grey", "brown", "tan", "cream", "pink"), hide = coat(&b, fur),
            plain = ToyPaint(fur)
        b.add(.ellipsoid([0.32, b.draw(0.34, 0.42), 0.4]), at: [0, -0.3, -0.08], hide)
        b.ball(0.26, at: [0, 0.18, 0.16], plain, blend: 0.08)
        let ear = b.draw(0.2, 0.34), lean = b.draw(-5, 28)
        b.add(
            .ellipsoid([0.085, ear, 0.05]), at: [0.11 + lean * 0.004, 0.36 + ear, 0.12], turn: [0, 0, -lean],
            plain, mirror: .x)
        b.add(
            .ellipsoid([0.045, ear * 0.75, 0.03]), at: [0.11 + lean * 0.004, 0.36 + ear, 0.16],
            turn: [0, 0, -lean], b.plain("pink"), mirror: .x)
        b.eyes(0.13, 0.24, 0.37, 0.04)
        b.add(.ellipsoid([0.035, 0.03, 0.03]), at: [0, 0.15, 0.42], b.plain("pink", "black"))
        b.ball(0.12, at: [0, -0.38, -0.48], b.plain("white", "cream"))
        b.add(.ellipsoid([0.11, 0.08, 0.2]), at: [0.17, -0.6, 0.22], plain, mirror: .x)
        b.limb([0.12, -0.15, 0.25], [0.12, -0.42, 0.36], 0.065, plain, blend: 0.03, mirror: .x)
        if b.chance(0.25) {
            b.add(
                .cone(half: 0.2, bottom: 0.02, top: 0.08), at: [0, -0.3, 0.45], turn: [0, 0, 30],
                b.plain("orange"))
            b.caption = "\(ToyBuilder.a(fur, hide)) rabbit with a carrot"
        } else {
            b.caption = "\(ToyBuilder.a(fur, hide)) rabbit"
        }
    }

    static func bird(_ b: inout ToyBuilder) {
        let body = b.tint(), wings = b.tint(), paint = ToyPaint(body), l = b.draw(0.38, 0.5)
        b.add(.ellipsoid([0.28, 0.3, l]), turn: [-18, 0, 0], paint)
        b.ball(0.2, at: [0, 0.34, l * 0.75], paint, blend: 0.1)
        b.add(
            .cone(half: 0.1, bottom: 0.07, top: 0.01), at: [0, 0.33, l * 0.75 + 0.26], turn: [90, 0, 0],
            b.plain("orange", "yellow", "black"))
        b.eyes(0.12, 0.4, l * 0.75 + 0.13, 0.04)
        b.add(
            .ellipsoid([0.06, 0.18, 0.34]), at: [0.27, 0.0, -0.08], turn: [-24, 0, 0],
            b.paint(wings, patterned: 0.3), mirror: .x)
        b.add(
            .box([0.12, 0.03, 0.26], rounding: 0.02), at: [0, -0.2, -l - 0.12], turn: [-15, 0, 0],
            ToyPaint(wings))
        b.add(
            .ellipsoid([0.2, 0.2, 0.2]), at: [0, -0.06, l * 0.5],
            ToyPaint(b.tint("white", "cream", "orange", "red", "yellow")), blend: 0.04)
        b.rod(
            [0.1, -0.22, 0.03], [0.1, -0.56, 0.08], 0.028, b.plain("orange", "black", "brown"), mirror: .x)
        b.add(
            .box([0.07, 0.02, 0.12], rounding: 0.01), at: [0.1, -0.57, 0.12], b.plain("orange", "brown"),
            mirror: .x)
        b.caption = "\(ToyBuilder.a(body.name)) bird with \(wings.name) wings"
    }

    static func penguin(_ b: inout ToyBuilder) {
        let body = b.tint("black", "black", "blue", "grey", "purple"), paint = ToyPaint(body),
            r = b.draw(0.34, 0.44)
        b.add(.ellipsoid([r, 0.58, r * 0.9]), at: [0, -0.12, 0], paint)
        b.add(.ellipsoid([r * 0.78, 0.48, r * 0.5]), at: [0, -0.18, r * 0.48], b.plain("white", "cream"))
        b.ball(0.27, at: [0, 0.48, 0.02], paint, blend: 0.1)
        b.add(
            .cone(half: 0.09, bottom: 0.07, top: 0.01), at: [0, 0.45, 0.35], turn: [90, 0, 0],
            b.plain("orange", "yellow"))
        b.ball(0.06, at: [0.1, 0.55, 0.23], b.plain("white"), mirror: .x)
        b.eyes(0.1, 0.55, 0.27, 0.03)
        b.add(
            .ellipsoid([0.06, 0.32, 0.13]), at: [r + 0.05, -0.06, 0], turn: [0, 0, b.draw(8, 40)], paint,
            mirror: .x)
        b.add(
            .ellipsoid([0.13, 0.05, 0.2]), at: [0.17, -0.68, 0.14], b.plain("orange", "yellow"), mirror: .x)
        b.caption = "\(ToyBuilder.a(body.name)) penguin"
    }

    static func turtle(_ b: inout ToyBuilder) {
        let shell = b.tint("green", "brown", "teal", "tan", "purple", "red", "blue"),
            skin = b.tint("green", "lime", "tan", "yellow")
        let r = b.draw(0.48, 0.6), paint = b.paint(shell, patterned: 0.6), flesh = ToyPaint(skin)
        b.add(.ellipsoid([r, b.draw(0.32, 0.46), r * 1.12]), paint)
        b.add(.box([2, 0.6, 2], rounding: 0), at: [0, -0.66, 0], paint, .subtract)
        b.add(
            .cylinder(radius: r * 0.98, half: 0.05, rounding: 0.04), at: [0, -0.06, 0],
            ToyPaint(skin).shaded(0.8))
        b.ball(0.19, at: [0, 0.06, r + 0.28], flesh)
        b.limb([0, -0.05, r * 0.7], [0, 0.02, r + 0.22], 0.11, flesh, blend: 0.05)
        b.eyes(0.1, 0.12, r + 0.41, 0.035)
        b.add(
            .ellipsoid([0.15, 0.09, 0.22]), at: [r * 0.72, -0.16, r * 0.72], turn: [0, 40, 0], flesh,
            mirror: .x)
        b.add(
            .ellipsoid([0.13, 0.08, 0.19]), at: [r * 0.68, -0.16, -r * 0.75], turn: [0, -40, 0], flesh,
            mirror: .x)
        b.add(
            .cone(half: 0.1, bottom: 0.06, top: 0.01), at: [0, -0.08, -r - 0.14], turn: [-100, 0, 0], flesh)
        b.caption = "\(ToyBuilder.a(skin.name)) turtle with \(ToyBuilder.a(shell, paint)) shell"
    }

    static func pig(_ b: inout ToyBuilder) {
        let skin = b.tint("pink", "pink", "cream", "tan", "brown", "black"), hide = coat(&b, skin),
            plain = ToyPaint(skin)
        let r = b.draw(0.34, 0.42), l = b.draw(0.45, 0.55)
        b.add(.ellipsoid([r, r, l]), hide)
        b.ball(0.27, at: [0, 0.16, l], plain, blend: 0.08)
        b.add(
            .cylinder(radius: 0.12, half: 0.08, rounding: 0.03), at: [0, 0.1, l + 0.3], turn: [90, 0, 0],
            plain.shaded(0.88))
        b.ball(0.025, at: [0.045, 0.1, l + 0.38], Animals.black, mirror: .x)
        b.eyes(0.13, 0.24, l + 0.21, 0.035)
        b.add(
            .pyramid(width: 0.09, height: 0.18, depth: 0.05), at: [0.16, 0.34, l], turn: [20, 0, -20],
            plain.shaded(0.9), mirror: .x)
        b.add(
            .cylinder(radius: 0.09, half: 0.14, rounding: 0.02), at: [0.2, -0.42, l * 0.55], plain,
            mirror: .both)
        b.add(.torus(ring: 0.07, tube: 0.028), at: [0, 0.12, -l - 0.06], turn: [0, 0, 70], plain)
        b.caption = "\(ToyBuilder.a(skin, hide)) pig"
    }

    static func elephant(_ b: inout ToyBuilder) {
        let skin = b.tint("grey", "grey", "sky", "pink", "tan", "purple"), hide = ToyPaint(skin),
            l = b.draw(0.42, 0.5)
        b.add(.ellipsoid([0.36, 0.36, l]), hide)
        b.ball(0.28, at: [0, 0.24, l], hide, blend: 0.1)
        b.add(
            .ellipsoid([0.24, b.draw(0.22, 0.3), 0.05]), at: [0.4, 0.28, l - 0.1], turn: [0, 30, 0],
            hide.shaded(0.88), mirror: .x)
        let bend = b.draw(-0.45, 0.3)
        b.limb([0, 0.16, l + 0.22], [0, -0.12, l + 0.34], 0.1, hide, blend: 0.07)
        b.limb([0, -0.12, l + 0.34], [0, bend - 0.05, l + 0.46], 0.075, hide, blend: 0.04)
        b.eyes(0.16, 0.32, l + 0.22, 0.035)
        b.add(
            .cylinder(radius: b.draw(0.1, 0.14), half: 0.22, rounding: 0.02), at: [0.2, -0.42, l * 0.55],
            hide, mirror: .both)
        if b.chance(0.5) {
            b.limb(
                [0.13, 0.06, l + 0.24], [0.17, -0.06, l + 0.42], 0.035, b.plain("white", "cream"), mirror: .x)
        }
        b.limb([0, 0.1, -l], [0, -0.2, -l - 0.1], 0.03, hide)
        b.caption = "\(ToyBuilder.a(skin.name)) elephant"
    }

    static func giraffe(_ b: inout ToyBuilder) {
        let skin = b.tint("yellow", "orange", "tan", "cream"), spots = Tint.plain("brown")
        let hide = ToyPaint(skin).with(
            .patches, spots, frequency: b.draw(3, 5), seed: Float(b.count(0...999)))
        let neck = b.draw(0.45, 0.65), leg = b.draw(0.38, 0.5)
        b.add(.ellipsoid([0.2, 0.2, 0.36]), at: [0, -0.1, -0.05], hide)
        b.limb([0, 0, 0.2], [0, neck, 0.42], 0.095, hide, blend: 0.06)
        b.add(.ellipsoid([0.11, 0.1, 0.19]), at: [0, neck + 0.07, 0.5], hide, blend: 0.03)
        b.rod([0.05, neck + 0.14, 0.42], [0.06, neck + 0.28, 0.4], 0.022, ToyPaint(spots), mirror: .x)
        b.eyes(0.08, neck + 0.11, 0.56, 0.028)
        b.add(.ellipsoid([0.09, 0.05, 0.03]), at: [0.16, neck + 0.12, 0.4], ToyPaint(skin), mirror: .x)
        b.limb([0.11, -0.18, 0.15], [0.12, -0.25 - leg, 0.17], 0.055, hide, mirror: .x)
        b.limb([0.11, -0.18, -0.27], [0.12, -0.25 - leg, -0.29], 0.055, hide, mirror: .x)
        b.limb([0, 0, -0.38], [0, -0.3, -0.45], 0.025, ToyPaint(spots))
        b.caption = "\(ToyBuilder.a(skin.name)) giraffe"
    }

    static func snail(_ b: inout ToyBuilder) {
        let shell = b.tint(), skin = b.tint("tan", "cream", "grey", "lime", "pink"), flesh = ToyPaint(skin),
            r = b.draw(0.36, 0.46)
        let swirl = ToyPaint(shell).with(
            b.pick(.rings, .marble, .checks, .plain), b.tint().colour, frequency: b.draw(3, 5))
        b.add(.capsule(half: 0.5, radius: 0.13), at: [0, -0.45, 0.05], turn: [90, 0, 0], flesh)
        b.add(
            .cylinder(radius: r, half: 0.17, rounding: 0.12), at: [0, -0.05, -0.12], turn: [0, 0, 90], swirl)
        b.add(
            .cylinder(radius: r * 0.62, half: 0.22, rounding: 0.08), at: [0, -0.05, -0.12], turn: [0, 0, 90],
            ToyPaint(shell).shaded(0.8))
        b.add(
            .cylinder(radius: r * 0.28, half: 0.26, rounding: 0.05), at: [0, -0.05, -0.12], turn: [0, 0, 90],
            swirl)
        b.limb([0, -0.42, 0.5], [0, -0.08, 0.66], 0.13, flesh, blend: 0.08)
        b.rod([0.05, -0.02, 0.68], [0.12, 0.22, 0.76], 0.022, flesh, mirror: .x)
        b.ball(0.04, at: [0.12, 0.24, 0.77], Animals.black, mirror: .x)
        b.caption = "\(ToyBuilder.a(skin.name)) snail with \(ToyBuilder.a(shell.name)) shell"
    }

    static func owl(_ b: inout ToyBuilder) {
        let body = b.tint("brown", "grey", "tan", "white", "purple", "teal"),
            hide = b.paint(body, patterned: 0.4)
        b.add(.ellipsoid([0.42, 0.58, 0.36]), hide)
        b.add(
            .ellipsoid([0.3, 0.38, 0.2]), at: [0, -0.12, 0.22],
            ToyPaint(b.tint("cream", "white", "tan")).with(.bricks, body.colour, frequency: 5))
        b.add(
            .cylinder(radius: 0.16, half: 0.05, rounding: 0.02), at: [0.16, 0.28, 0.3], turn: [90, 0, 0],
            b.plain("white", "cream", "yellow"), mirror: .x)
        b.eyes(0.16, 0.28, 0.36, 0.075)
        b.add(
            .cone(half: 0.08, bottom: 0.06, top: 0.01), at: [0, 0.15, 0.4], turn: [130, 0, 0],
            b.plain("orange", "yellow"))
        b.add(
            .pyramid(width: 0.1, height: 0.22, depth: 0.07), at: [0.22, 0.46, 0.02], turn: [0, 0, -18],
            ToyPaint(body), mirror: .x)
        b.add(
            .ellipsoid([0.09, 0.36, 0.22]), at: [0.4, -0.05, -0.02], ToyPaint(body).shaded(0.78), mirror: .x)
        b.add(
            .ellipsoid([0.1, 0.05, 0.13]), at: [0.14, -0.57, 0.16], b.plain("orange", "yellow"), mirror: .x)
        b.caption = "\(ToyBuilder.a(body, hide)) owl"
    }
}
