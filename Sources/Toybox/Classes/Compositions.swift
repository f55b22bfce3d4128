// Random compositions: objects without a name, built like named ones.
//
// A prior trained on named classes only learns to recognise them. Compositions share their structure (a body with
// handles and spouts, a trunk on legs with a head, stacked layers) but not the proportions, so that a prior learns
// how parts rotate, which generalises to unseen classes.

enum Compositions {
    /// The class "toy": one of the generators below.
    static let toy = ToyClass("toy") { b in
        let main = b.tint(), tints = [main, b.tint(), b.tint(), b.tint()]
        switch b.count(0...9) {
        case 0, 1: pile(&b, tints)
        case 2, 3: vessel(&b, tints)
        case 4, 5, 6: creature(&b, tints)
        case 7: stack(&b, tints)
        case 8: furnishing(&b, tints)
        default: vehicle(&b, tints)
        }
        b.caption = "\(ToyBuilder.a(main.name)) toy"
    }

    private static func paint(_ b: inout ToyBuilder, _ tints: [Tint], patterned: Float = 0.25) -> ToyPaint {
        b.paint(b.chance(0.5) ? tints[0] : b.random.pick(tints), patterned: patterned)
    }

    /// Random shapes at random positions.
    private static func pile(_ b: inout ToyBuilder, _ tints: [Tint]) {
        let symmetric = b.chance(0.7)
        for i in 0..<b.count(2...7) {
            let first = i == 0, s = first ? b.draw(0.35, 0.6) : b.draw(0.12, 0.5)
            var at: Vector = first ? .zero : [b.draw(-0.6, 0.6), b.draw(-0.6, 0.6), b.draw(-0.6, 0.6)]
            var turn: Vector = b.chance(0.5) ? .zero : [b.draw(-90, 90), b.draw(-90, 90), b.draw(-90, 90)]
            var mirror: ToyMirror = []
            if symmetric, !first {
                if b.chance(0.5) {
                    at.x = 0
                    turn = [turn.x, 0, 0]
                } else {
                    mirror = .x
                }
            }
            let blend: Float = first ? 0 : b.pick(Float(0), 0, 0.06, 0.12)
            b.add(shape(&b, s), at: at, turn: turn, paint(&b, tints), blend: blend, mirror: mirror)
        }
    }

    /// A round or square body with parts of vessels: neck, rim, foot, lid, handles, a spout.
    private static func vessel(_ b: inout ToyBuilder, _ tints: [Tint]) {
        let r = b.draw(0.28, 0.6), h = b.draw(0.25, 0.65), skin = paint(&b, tints, patterned: 0.35)
        let trim = ToyPaint(b.random.pick(tints))
        var top = h
        switch b.count(0...5) {
        case 0: b.add(.ellipsoid([r, h, r]), skin)
        case 1: b.add(.cylinder(radius: r, half: h, rounding: b.draw(0.01, 0.12)), skin)
        case 2: b.add(.cup(radius: r, half: h, wall: b.draw(0.03, 0.08)), skin)
        case 3: b.add(.cone(half: h, bottom: r, top: r * b.draw(0.3, 0.9)), skin)
        case 4: b.add(.cone(half: h, bottom: r * b.draw(0.3, 0.9), top: r), skin)
        default: b.add(.box([r, h, r * b.draw(0.6, 1)], rounding: b.draw(0.02, 0.15)), skin)
        }
        if b.chance(0.35) {
            let neck = b.draw(0.06, 0.25), wide = r * b.draw(0.25, 0.6)
            b.add(
                .cone(half: neck, bottom: wide, top: wide * b.draw(0.6, 1.3)), at: [0, h + neck * 0.6, 0],
                skin,
                blend: b.draw(0.02, 0.12))
            top = h + neck * 1.6
        }
        if b.chance(0.4) {
            b.add(
                .cylinder(radius: r * b.draw(0.4, 0.9), half: b.draw(0.02, 0.08), rounding: 0.02),
                at: [0, top, 0], trim)
            if b.chance(0.7) { b.ball(b.draw(0.04, 0.1), at: [0, top + 0.1, 0], trim) }
        }
        if b.chance(0.3) {
            b.add(
                .cylinder(radius: r * b.draw(0.5, 1.1), half: 0.05, rounding: 0.02), at: [0, -h - 0.02, 0],
                trim)
        }
        let side: Float = b.chance(0.5) ? 1 : -1, tube = b.draw(0.035, 0.085)
        if b.chance(0.6) {
            let ring = h * b.draw(0.4, 0.8), both = b.chance(0.3)
            b.add(
                .arc(ring: ring, tube: tube, degrees: b.draw(85, 125)),
                at: [side * r * 0.95, b.draw(-0.1, 0.1), 0],
                turn: [0, 0, -90 * side], trim, mirror: both ? .x : [])
        }
        if b.chance(0.5) {
            let tip: Vector = [-side * (r + b.draw(0.15, 0.45)), h * b.draw(0.1, 1), 0]
            b.limb(
                [-side * r * 0.7, -h * b.draw(0, 0.6), 0], tip, b.draw(0.04, 0.1), trim, blend: b.draw(0, 0.1)
            )
        }
        if b.chance(0.15) { b.add(.arc(ring: r, tube: tube, degrees: 95), at: [0, top, 0], trim) }
    }

    /// A trunk with a head and parts of animals: legs, wings, tail, ears, beak or snout.
    private static func creature(_ b: inout ToyBuilder, _ tints: [Tint]) {
        let coat = paint(&b, tints), second = ToyPaint(b.random.pick(tints)), upright = b.chance(0.45)
        let w = b.draw(0.18, 0.45), l = b.draw(0.3, 0.65), lean = b.draw(-35, 35)
        let trunk: Vector = upright ? [w, l, w * b.draw(0.7, 1.2)] : [w, w * b.draw(0.7, 1.3), l]
        switch b.count(0...2) {
        case 0: b.add(.ellipsoid(trunk), turn: [upright ? 0 : lean, 0, 0], coat)
        case 1: b.add(.box(trunk * 0.9, rounding: b.draw(0.03, 0.15)), coat)
        default: b.add(.capsule(half: l - w * 0.5, radius: w), turn: [upright ? 0 : 90 + lean, 0, 0], coat)
        }
        let r = b.draw(0.16, 0.36), skin = b.chance(0.7) ? coat : second
        let head: Vector =
            upright
            ? [0, l + r * b.draw(0.3, 0.9), b.draw(0, 0.2)]
            : [0, w * b.draw(0, 1) + r * b.draw(0, 1.2), l + r * b.draw(-0.3, 0.8)]
        b.limb([0, head.y * 0.3, head.z * 0.5], head, r * b.draw(0.35, 0.7), skin, blend: 0.06)
        b.add(.ellipsoid(Vector(1, b.draw(0.8, 1.1), b.draw(0.8, 1.2)) * r), at: head, skin, blend: 0.04)
        b.eyes(r * b.draw(0.3, 0.6), head.y + r * 0.25, head.z + r * 0.85, b.draw(0.03, 0.06))
        let nose: Vector = head + [0, -r * 0.15, r]
        switch b.count(0...3) {
        case 0:
            b.add(
                .cone(half: 0.1, bottom: b.draw(0.05, 0.12), top: 0.01), at: nose, turn: [90, 0, 0], second)
        case 1: b.add(.ellipsoid([r * 0.5, r * b.draw(0.2, 0.4), b.draw(0.1, 0.22)]), at: nose, second)
        case 2: b.ball(r * b.draw(0.15, 0.5), at: nose, skin, blend: 0.03)
        default: break
        }
        if b.chance(0.55) {
            let ear = b.draw(0.06, 0.3)
            b.add(
                b.chance(0.5)
                    ? .ellipsoid([0.08, ear, 0.05]) : .pyramid(width: 0.1, height: ear * 1.5, depth: 0.06),
                at: head + [r * b.draw(0.4, 0.9), r * 0.6 + ear * 0.5, 0], turn: [0, 0, b.draw(-50, 10)],
                skin,
                mirror: .x)
        }
        let leg = b.draw(0.05, 0.4), thick = b.draw(0.04, 0.13), floor = -(upright ? l : trunk.y)
        if b.chance(0.8) {
            let x = w * b.draw(0.4, 0.8), z = upright ? b.draw(0, 0.2) : l * b.draw(0.4, 0.8)
            b.limb(
                [x, floor * 0.6, z], [x, floor - leg, z], thick, b.chance(0.6) ? coat : second, blend: 0.04,
                mirror: upright || b.chance(0.25) ? .x : .both)
            if b.chance(0.4) {
                b.add(
                    .ellipsoid([thick * 1.3, 0.05, thick * 2]), at: [x, floor - leg, z + 0.05], second,
                    mirror: .x)
            }
        }
        if b.chance(0.6) {
            let reach = w + b.draw(0.02, 0.4), y = b.draw(-0.2, 0.3)
            if b.chance(0.5) {
                b.limb([w * 0.7, l * 0.4, 0], [reach, y, b.draw(-0.1, 0.25)], thick * 0.9, skin, mirror: .x)
            } else {
                b.add(
                    .ellipsoid([0.07, b.draw(0.12, 0.3), b.draw(0.12, 0.35)]), at: [w, y * 0.5, -0.05],
                    turn: [0, 0, b.draw(-30, 50)], b.chance(0.5) ? second : skin, mirror: .x)
            }
        }
        if b.chance(0.6) {
            let back = upright ? w : l, tip: Vector = [0, b.draw(-0.2, 0.5), -back - b.draw(0.1, 0.4)]
            b.limb([0, upright ? floor * 0.6 : 0, -back * 0.8], tip, b.draw(0.04, 0.12), skin, blend: 0.05)
        }
    }

    /// Layers stacked on one axis.
    private static func stack(_ b: inout ToyBuilder, _ tints: [Tint]) {
        var y: Float = -0.5, r = b.draw(0.3, 0.7)
        let square = b.chance(0.25), taper = b.draw(0.65, 1.1)
        for _ in 0..<b.count(3...7) {
            let half = b.draw(0.04, 0.22), wide = r * b.draw(0.85, 1.15), coat = paint(&b, tints)
            let at: Vector = [0, y + half, 0]
            if square {
                b.add(
                    .box([wide, half, wide * b.draw(0.9, 1)], rounding: half * b.draw(0.1, 0.9)), at: at, coat
                )
            } else {
                switch b.count(0...4) {
                case 0: b.add(.ellipsoid([wide, half * 1.3, wide]), at: at, coat)
                case 1: b.add(.cone(half: half, bottom: wide, top: wide * b.draw(0.4, 0.95)), at: at, coat)
                case 2: b.add(.torus(ring: wide * 0.75, tube: half), at: at, coat)
                default:
                    b.add(
                        .cylinder(radius: wide, half: half, rounding: half * b.draw(0.1, 0.95)), at: at, coat)
                }
            }
            y += 2 * half
            r *= taper
        }
        if b.chance(0.4) { b.ball(b.draw(0.05, 0.2), at: [0, y, 0], ToyPaint(b.random.pick(tints))) }
        if b.chance(0.3) {
            b.add(.ellipsoid([r, r * b.draw(0.4, 0.8), r]), at: [0, y, 0], paint(&b, tints))
        }
    }

    /// Boards and boxes: a seat or a top, walls, backs, arms, legs, drawers.
    private static func furnishing(_ b: inout ToyBuilder, _ tints: [Tint]) {
        let w = b.draw(0.3, 0.9), d = b.draw(0.25, 0.5), cloth = paint(&b, tints), frame = ToyPaint(tints[1])
        let soft = b.draw(0.01, 0.08), thick = b.draw(0.04, 0.22)
        b.add(.box([w, thick, d], rounding: soft), cloth)
        if b.chance(0.6) {
            let tall = b.draw(0.15, 0.5)
            b.add(.box([w, tall, b.draw(0.04, 0.13)], rounding: soft), at: [0, tall, -d], cloth)
        }
        if b.chance(0.45) {
            b.add(
                .box([b.draw(0.04, 0.12), b.draw(0.1, 0.35), d], rounding: soft),
                at: [w, b.draw(-0.1, 0.2), 0],
                b.chance(0.5) ? cloth : frame, mirror: .x)
        }
        if b.chance(0.4) {
            b.add(
                .box([w * 0.46, 0.07, d * 0.8], rounding: 0.05), at: [w * 0.46, thick + 0.04, 0.06],
                ToyPaint(tints[2]), mirror: .x)
        }
        let leg = b.draw(0.08, 0.5)
        switch b.count(0...3) {
        case 0:
            b.add(
                .cylinder(radius: b.draw(0.03, 0.07), half: leg, rounding: 0),
                at: [w * 0.88, -thick - leg, d * 0.85],
                frame, mirror: .both)
        case 1:
            b.add(
                .box([w * 0.95, leg * 0.5, d * 0.95], rounding: 0.02), at: [0, -thick - leg * 0.5, 0], frame)
        case 2:
            b.add(
                .cylinder(radius: b.draw(0.05, 0.15), half: leg, rounding: 0), at: [0, -thick - leg, 0], frame
            )
        default: break
        }
        if b.chance(0.3) {
            b.add(
                shape(&b, b.draw(0.15, 0.3)), at: [b.draw(-0.5, 0.5) * w, thick + 0.1, 0], paint(&b, tints))
        }
    }

    /// A long hull with a cabin, on wheels or fins.
    private static func vehicle(_ b: inout ToyBuilder, _ tints: [Tint]) {
        let w = b.draw(0.2, 0.4), l = b.draw(0.5, 0.85), h = b.draw(0.1, 0.3), body = paint(&b, tints)
        let cabin = paint(&b, tints), dark = b.plain("black", "grey", "black")
        b.add(.box([w, h, l], rounding: b.draw(0.02, h * 0.8)), body)
        if b.chance(0.3) {
            b.add(
                .cylinder(radius: w * 0.95, half: l * 0.9, rounding: 0.05), at: [0, h, 0], turn: [90, 0, 0],
                body)
        }
        let tall = b.draw(0.1, 0.35), along = b.draw(0.15, 0.9) * l
        b.add(
            .box([w * b.draw(0.6, 1), tall, along], rounding: b.draw(0.02, 0.1)),
            at: [0, h + tall * 0.8, b.draw(-1, 1) * (l - along)], cabin)
        if b.chance(0.4) {
            b.add(shape(&b, b.draw(0.1, 0.25)), at: [0, h + 0.1, b.draw(-l, l)], ToyPaint(tints[2]))
        }
        if b.chance(0.75) {
            let r = b.draw(0.1, 0.24)
            for z in b.chance(0.3) ? [-0.75, 0, 0.75] : [-0.65, 0.65] {
                b.add(
                    .cylinder(radius: r, half: 0.07, rounding: 0.02), at: [w, -h, Float(z) * l],
                    turn: [0, 0, 90],
                    dark, mirror: .x)
            }
        } else {
            b.add(
                .box([b.draw(0.2, 0.6), 0.03, b.draw(0.08, 0.25)], rounding: 0.02),
                at: [w + 0.15, 0, b.draw(-l, l) * 0.7],
                ToyPaint(tints[3]), mirror: .x)
        }
    }

    private static func shape(_ b: inout ToyBuilder, _ s: Float) -> ToyShape {
        switch b.count(0...9) {
        case 0, 1: .ellipsoid(Vector(b.draw(0.5, 1.2), b.draw(0.5, 1.2), b.draw(0.5, 1.2)) * s)
        case 2:
            .box(Vector(b.draw(0.4, 1), b.draw(0.4, 1), b.draw(0.4, 1)) * s, rounding: s * b.draw(0.02, 0.25))
        case 3: .cylinder(radius: s * b.draw(0.3, 0.9), half: s * b.draw(0.3, 1.2), rounding: 0.03)
        case 4: .cone(half: s * b.draw(0.5, 1), bottom: s * b.draw(0.5, 0.9), top: s * b.draw(0.05, 0.5))
        case 5: .capsule(half: s * b.draw(0.3, 1), radius: s * b.draw(0.2, 0.5))
        case 6: .torus(ring: s * 0.8, tube: s * b.draw(0.12, 0.35))
        case 7: .hexagon(radius: s * b.draw(0.4, 0.9), half: s * b.draw(0.2, 1))
        case 8: .box(Vector(b.draw(0.7, 1.3), b.draw(0.06, 0.2), b.draw(0.3, 1)) * s, rounding: 0.02)
        default: .capsule(half: s * b.draw(0.8, 1.4), radius: max(0.03, s * b.draw(0.08, 0.16)))
        }
    }
}
