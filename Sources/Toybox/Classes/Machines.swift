// Machines: helicopters, trains, tractors, bicycles, televisions, laptops, clocks, telephones, watering cans.

enum Machines {
    static let classes: [ToyClass] = [
        ToyClass("helicopter", helicopter), ToyClass("train", train), ToyClass("tractor", tractor),
        ToyClass("bicycle", bicycle), ToyClass("television", television), ToyClass("laptop", laptop),
        ToyClass("clock", clock), ToyClass("watering can", wateringCan), ToyClass("fire truck", fireTruck),
    ]

    static func helicopter(_ b: inout ToyBuilder) {
        let body = b.tint(), blades = b.tint("grey", "black", "white", "red"),
            paint = b.paint(body, patterned: 0.15), r = b.draw(0.28, 0.36)
        b.add(.ellipsoid([r, r, b.draw(0.42, 0.52)]), at: [0, 0, 0.2], paint)
        b.add(.ellipsoid([r * 0.86, r * 0.72, 0.3]), at: [0, 0.06, 0.42], b.plain("sky", "black"))
        b.add(
            .cone(half: 0.4, bottom: 0.13, top: 0.05), at: [0, 0.08, -0.6], turn: [-90, 0, 0], ToyPaint(body),
            blend: 0.05)
        b.add(.box([0.025, 0.2, 0.1], rounding: 0.01), at: [0, 0.2, -0.98], ToyPaint(body))
        b.add(
            .box([0.02, 0.16, 0.03], rounding: 0.01), at: [0.06, 0.12, -0.98], turn: [b.draw(0, 90), 0, 0],
            ToyPaint(blades))
        b.add(
            .cylinder(radius: 0.04, half: 0.12, rounding: 0), at: [0, r + 0.08, 0.15], ToyPaint(0.3, 0.3, 0.3)
        )
        let turn = b.draw(0, 90)
        b.add(
            .box([b.draw(0.75, 0.95), 0.02, 0.055], rounding: 0.01), at: [0, r + 0.18, 0.15],
            turn: [0, turn, 0], ToyPaint(blades))
        b.add(
            .box([b.draw(0.75, 0.95), 0.02, 0.055], rounding: 0.01), at: [0, r + 0.18, 0.15],
            turn: [0, turn + 90, 0], ToyPaint(blades))
        b.rod([0.24, -r - 0.13, -0.2], [0.24, -r - 0.13, 0.6], 0.03, ToyPaint(0.3, 0.3, 0.3), mirror: .x)
        b.rod([0.14, -r * 0.7, 0.35], [0.24, -r - 0.13, 0.38], 0.025, ToyPaint(0.3, 0.3, 0.3), mirror: .x)
        b.rod([0.14, -r * 0.7, 0.05], [0.24, -r - 0.13, 0.02], 0.025, ToyPaint(0.3, 0.3, 0.3), mirror: .x)
        b.caption = "\(ToyBuilder.a(body, paint)) helicopter"
    }

    static func train(_ b: inout ToyBuilder) {
        let boiler = b.tint(), cab = b.tint(), l = b.draw(0.4, 0.5), r = b.draw(0.22, 0.28)
        b.add(.box([0.28, 0.06, 0.85], rounding: 0.02), at: [0, -0.25, 0], ToyPaint(0.15, 0.15, 0.16))
        b.add(
            .cylinder(radius: r, half: l, rounding: 0.03), at: [0, 0.02, 0.3], turn: [90, 0, 0],
            b.paint(boiler, patterned: 0.15))
        b.add(
            .cylinder(radius: r * 0.7, half: l + 0.02, rounding: 0.01), at: [0, 0.02, 0.3], turn: [90, 0, 0],
            ToyPaint(0.2, 0.2, 0.22))
        b.add(.box([0.3, 0.36, 0.26], rounding: 0.02), at: [0, 0.14, -0.45], ToyPaint(cab))
        b.add(
            .box([0.31, 0.12, 0.14], rounding: 0), at: [0, 0.24, -0.45], b.plain("sky", "black", "yellow"))
        b.add(.box([0.38, 0.04, 0.34], rounding: 0.02), at: [0, 0.52, -0.45], ToyPaint(b.tint()))
        b.add(
            .cone(half: 0.15, bottom: 0.07, top: b.draw(0.07, 0.14)), at: [0, r + 0.14, 0.55],
            ToyPaint(0.15, 0.15, 0.16))
        b.ball(0.09, at: [0, r + 0.02, 0.2], b.plain("yellow", "orange"))
        for z in [Float(0.55), 0.2, -0.45] {
            let wheel: Float = z < 0 ? 0.2 : 0.15
            b.add(
                .cylinder(radius: wheel, half: 0.05, rounding: 0.01), at: [0.28, -0.42 + wheel, z],
                turn: [0, 0, 90], b.plain("red", "black", "black"), mirror: .x)
        }
        b.add(.gable(width: 0.28, height: 0.2, length: 0.06), at: [0, -0.42, 0.88], ToyPaint(cab))
        b.caption = "\(ToyBuilder.a(boiler.name)) train with \(ToyBuilder.a(cab.name)) cab"
    }

    static func tractor(_ b: inout ToyBuilder) {
        let body = b.tint(), rims = b.tint("yellow", "white", "red", "grey"), paint = ToyPaint(body)
        b.add(.box([0.2, 0.18, 0.4], rounding: 0.04), at: [0, 0, 0.35], paint)
        b.add(.box([0.26, 0.12, 0.24], rounding: 0.03), at: [0, -0.05, -0.25], paint)
        b.rod([0.2, 0, -0.05], [0.2, 0.55, -0.05], 0.03, ToyPaint(0.15, 0.15, 0.15), mirror: .x)
        b.rod([0.2, 0, -0.45], [0.2, 0.55, -0.45], 0.03, ToyPaint(0.15, 0.15, 0.15), mirror: .x)
        b.add(.box([0.28, 0.035, 0.3], rounding: 0.02), at: [0, 0.57, -0.25], paint)
        if b.chance(0.6) {
            b.add(.box([0.18, 0.2, 0.17], rounding: 0.01), at: [0, 0.3, -0.25], b.plain("sky"))
        }
        b.rod([0.08, 0.15, 0.5], [0.08, b.draw(0.4, 0.55), 0.5], 0.035, ToyPaint(0.2, 0.2, 0.2))
        let big = b.draw(0.32, 0.4)
        b.add(
            .cylinder(radius: big, half: 0.11, rounding: 0.04), at: [0.38, -0.52 + big, -0.3],
            turn: [0, 0, 90], Vehicles.tyre, mirror: .x)
        b.add(
            .cylinder(radius: big * 0.5, half: 0.12, rounding: 0.01), at: [0.38, -0.52 + big, -0.3],
            turn: [0, 0, 90], ToyPaint(rims), mirror: .x)
        b.add(
            .cylinder(radius: 0.2, half: 0.08, rounding: 0.03), at: [0.3, -0.32, 0.5], turn: [0, 0, 90],
            Vehicles.tyre, mirror: .x)
        b.add(
            .cylinder(radius: 0.1, half: 0.09, rounding: 0.01), at: [0.3, -0.32, 0.5], turn: [0, 0, 90],
            ToyPaint(rims), mirror: .x)
        b.caption = "\(ToyBuilder.a(body.name)) tractor with \(rims.name) wheels"
    }

    static func bicycle(_ b: inout ToyBuilder) {
        let frame = b.tint(), paint = ToyPaint(frame), r = b.draw(0.3, 0.36), z: Float = 0.52,
            t = b.draw(0.032, 0.045)
        for side in [z, -z] {
            b.add(.torus(ring: r, tube: t * 1.1), at: [0, -0.25, side], turn: [0, 0, 90], Vehicles.tyre)
            b.add(
                .cylinder(radius: 0.05, half: 0.06, rounding: 0.01), at: [0, -0.25, side], turn: [0, 0, 90],
                ToyPaint(0.6, 0.6, 0.62))
            let spokes = b.draw(0, 60)
            for i in 0..<3 {
                b.add(
                    .box([0.012, r, 0.014], rounding: 0), at: [0, -0.25, side],
                    turn: [spokes + 60 * Float(i), 0, 0], ToyPaint(0.6, 0.6, 0.62))
            }
        }
        b.limb([0, -0.25, z], [0, 0.32, 0.36], t, paint)
        b.limb([0, -0.25, -z], [0, -0.22, 0], t, paint)
        b.limb([0, -0.25, -z], [0, 0.2, -0.22], t, paint)
        b.limb([0, -0.22, 0], [0, 0.27, -0.24], t, paint)
        b.limb([0, -0.22, 0], [0, 0.2, 0.4], t, paint)
        b.limb([0, 0.17, -0.2], [0, 0.22, 0.39], t, paint)
        b.add(.ellipsoid([0.09, 0.045, 0.16]), at: [0, 0.3, -0.25], b.plain("black", "brown"))
        b.limb([0, 0.34, 0.36], [0.28, 0.38, 0.28], t * 0.9, b.plain("black", "grey"), mirror: .x)
        b.add(
            .cylinder(radius: 0.09, half: 0.02, rounding: 0), at: [0, -0.22, 0], turn: [0, 0, 90],
            ToyPaint(0.3, 0.3, 0.3))
        b.rod([-0.12, -0.32, 0.06], [0.12, -0.12, -0.06], 0.022, ToyPaint(0.3, 0.3, 0.3))
        b.caption = "\(ToyBuilder.a(frame.name)) bicycle"
    }

    static func television(_ b: inout ToyBuilder) {
        let body = b.tint("black", "brown", "grey", "white", "red", "teal"), w = b.draw(0.6, 0.85),
            h = b.draw(0.4, 0.52)
        let screen = ToyPaint(b.tint("black", "sky", "blue", "grey")).with(
            b.pick(.gradient, .plain, .marble), b.tint().colour, frequency: 1.5)
        if b.chance(0.5) {
            let shell = b.chance(0.5) ? b.wood(body) : ToyPaint(body)
            b.add(.box([w * 0.85, h, 0.3], rounding: 0.04), shell)
            b.add(.box([w * 0.6, h * 0.78, 0.04], rounding: 0.03), at: [-w * 0.14, 0, 0.29], screen)
            for y in [Float(0.2), -0.05] {
                b.add(
                    .cylinder(radius: 0.06, half: 0.03, rounding: 0.01), at: [w * 0.64, y, 0.31],
                    turn: [90, 0, 0], b.plain("grey", "white"))
            }
            b.rod([0, h, 0], [0.35, h + 0.4, 0], 0.018, ToyPaint(0.4, 0.4, 0.4), mirror: .x)
            b.rod([w * 0.6, -h, 0.1], [w * 0.68, -h - 0.2, 0.15], 0.035, shell.shaded(0.7), mirror: .x)
        } else {
            b.add(.box([w, h, 0.05], rounding: 0.02), ToyPaint(body))
            b.add(.box([w - 0.05, h - 0.05, 0.02], rounding: 0.01), at: [0, 0, 0.045], screen)
            b.add(.box([0.06, 0.12, 0.04], rounding: 0), at: [0, -h - 0.08, -0.02], ToyPaint(body))
            b.add(.box([0.3, 0.025, 0.16], rounding: 0.02), at: [0, -h - 0.2, 0], ToyPaint(body))
        }
        b.caption = "\(ToyBuilder.a(body.name)) television"
    }

    static func laptop(_ b: inout ToyBuilder) {
        let body = b.tint("grey", "black", "white", "pink", "sky", "red"), w = b.draw(0.6, 0.75),
            d = b.draw(0.4, 0.5), open = b.draw(5, 40)
        b.add(.box([w, 0.035, d], rounding: 0.02), at: [0, -0.3, 0.1], ToyPaint(body))
        let keys = ToyPaint(0.2, 0.2, 0.21).with(.checks, Vector(0.35, 0.35, 0.36), frequency: 9)
        b.add(.box([w * 0.86, 0.012, d * 0.5], rounding: 0), at: [0, -0.262, 0.02], keys)
        b.add(
            .box([w * 0.25, 0.012, d * 0.2], rounding: 0), at: [0, -0.262, d * 0.62 + 0.1],
            ToyPaint(body).shaded(0.8))
        let a = ToyMath.radians(open), up = Vector(0, ToyMath.cos(a), -ToyMath.sin(a)),
            hinge = Vector(0, -0.28, 0.1 - d)
        b.add(.box([w, d, 0.025], rounding: 0.015), at: hinge + up * d, turn: [-open, 0, 0], ToyPaint(body))
        let out = Vector(0, ToyMath.sin(a), ToyMath.cos(a)) * 0.02
        let screen = ToyPaint(b.tint()).with(
            b.pick(.gradient, .plain, .marble, .halves), b.tint().colour, frequency: b.draw(1, 2.5))
        b.add(
            .box([w * 0.9, d * 0.86, 0.012], rounding: 0), at: hinge + up * d + out, turn: [-open, 0, 0],
            screen)
        b.caption = "\(ToyBuilder.a(body.name)) laptop"
    }

    static func clock(_ b: inout ToyBuilder) {
        let body = b.tint(), r = b.draw(0.5, 0.6), dial = b.tint("white", "cream", "yellow", "sky")
        b.add(.cylinder(radius: r, half: 0.16, rounding: 0.04), turn: [90, 0, 0], ToyPaint(body))
        b.add(
            .cylinder(radius: r * 0.86, half: 0.02, rounding: 0), at: [0, 0, 0.155], turn: [90, 0, 0],
            ToyPaint(dial))
        for angle in [b.draw(0, 360), b.draw(0, 360)].enumerated() {
            let a = ToyMath.radians(angle.element), l: Float = angle.offset == 0 ? 0.36 : 0.24
            b.rod([0, 0, 0.19], [l * ToyMath.sin(a), l * ToyMath.cos(a), 0.19], 0.025, Animals.black)
        }
        for i in 0..<4 {
            let a = Float(i) * .pi / 2
            b.ball(0.035, at: [r * 0.7 * ToyMath.sin(a), r * 0.7 * ToyMath.cos(a), 0.17], Animals.black)
        }
        b.ball(0.04, at: [0, 0, 0.19], b.plain("red", "black"))
        if b.chance(0.6) {
            b.add(
                .ellipsoid([0.17, 0.13, 0.15]), at: [0.3, r + 0.1, 0], turn: [0, 0, -25],
                b.plain("yellow", "grey"), mirror: .x)
            b.rod([0.25, -r * 0.75, 0], [0.38, -r - 0.14, 0], 0.045, ToyPaint(body).shaded(0.8), mirror: .x)
            b.caption = "\(ToyBuilder.a(body.name)) alarm clock"
        } else {
            b.add(
                .box([0.34, 0.06, 0.2], rounding: 0.02), at: [0, -r - 0.02, 0], ToyPaint(body).shaded(0.8))
            b.caption = "\(ToyBuilder.a(body.name)) clock"
        }
    }

    static func wateringCan(_ b: inout ToyBuilder) {
        let body = b.tint(), rose = b.sameOrOther(body), r = b.draw(0.34, 0.42), h = b.draw(0.3, 0.42),
            paint = b.paint(body, patterned: 0.25)
        b.add(.cup(radius: r, half: h, wall: 0.04), paint)
        b.limb([r * 0.8, -h * 0.5, 0], [r + 0.45, h * 0.95, 0], 0.06, ToyPaint(body))
        b.add(.cone(half: 0.08, bottom: 0.06, top: 0.16), at: [r + 0.5, h + 0.05, 0], ToyPaint(rose))
        b.aim([0.45, h * 1.45, 0])
        b.add(
            .arc(ring: h * 0.85, tube: 0.045, degrees: 110), at: [-r * 0.9, h * 0.1, 0], turn: [0, 0, 90],
            ToyPaint(rose))
        if b.chance(0.5) {
            b.add(.box([r * 0.6, 0.03, r], rounding: 0.02), at: [r * 0.4, h, 0], ToyPaint(body))
        }
        b.caption = "\(ToyBuilder.a(body, paint)) watering can"
    }

    static func fireTruck(_ b: inout ToyBuilder) {
        let body = b.tint("red", "red", "orange", "yellow", "blue"),
            ladder = b.tint("grey", "white", "yellow"), paint = ToyPaint(body)
        b.add(.box([0.33, 0.26, 0.28], rounding: 0.05), at: [0, 0.02, 0.62], paint)
        b.add(.box([0.34, 0.1, 0.2], rounding: 0.02), at: [0, 0.12, 0.66], b.plain("sky", "black"))
        b.add(.box([0.28, 0.1, 0.02], rounding: 0), at: [0, 0.12, 0.9], b.plain("sky", "black"))
        b.add(.box([0.34, 0.22, 0.6], rounding: 0.02), at: [0, -0.02, -0.28], paint)
        b.add(.box([0.345, 0.04, 0.6], rounding: 0), at: [0, -0.02, -0.28], b.plain("white", "yellow"))
        b.add(
            .cylinder(radius: 0.06, half: 0.05, rounding: 0.01), at: [0.15, 0.32, 0.62],
            b.plain("blue", "sky", "yellow"), mirror: .x)
        let tilt = b.draw(0, 0.3)
        b.limb([0.12, 0.28, -0.8], [0.12, 0.3 + tilt, 0.4], 0.03, ToyPaint(ladder), mirror: .x)
        for i in 0..<5 {
            let f = (Float(i) + 0.5) / 5
            b.rod(
                [-0.12, 0.28 + (0.02 + tilt) * f, 1.2 * f - 0.8],
                [0.12, 0.28 + (0.02 + tilt) * f, 1.2 * f - 0.8], 0.02, ToyPaint(ladder))
        }
        for z in [Float(0.55), -0.25, -0.62] {
            b.add(
                .cylinder(radius: 0.15, half: 0.06, rounding: 0.02), at: [0.32, -0.26, z], turn: [0, 0, 90],
                Vehicles.tyre, mirror: .x)
        }
        b.caption = "\(ToyBuilder.a(body.name)) fire truck with \(ToyBuilder.a(ladder.name)) ladder"
    }
}
