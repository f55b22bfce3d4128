// Furniture: chairs, tables, lamps, sofas, beds, chests.

enum Furniture {
    static let classes: [ToyClass] = [
        ToyClass("chair", chair), ToyClass("table", table), ToyClass("lamp", lamp), ToyClass("sofa", sofa),
        ToyClass("bed", bed), ToyClass("treasure chest", chest),
    ]

    static func chair(_ b: inout ToyBuilder) {
        let seat = b.tint(), legs = b.sameOrOther(seat)
        let w = b.draw(0.36, 0.5), d = b.draw(0.36, 0.5), h = b.draw(0.4, 0.55), r = b.draw(0.035, 0.07)
        let wooden = b.chance(0.3)
        let main = wooden ? b.wood(seat) : b.paint(seat, patterned: 0.15),
            under = wooden ? b.wood(legs) : ToyPaint(legs)
        b.add(.box([w, 0.06, d], rounding: b.draw(0.01, 0.055)), main)
        if b.chance(0.5) {
            b.add(
                .box([r, h / 2, r], rounding: 0.01), at: [w - 0.08, -h / 2, d - 0.08], under, mirror: .both)
        } else {
            let splay = b.draw(0, 0.12)
            b.rod(
                [w - 0.08, 0, d - 0.08], [w - 0.08 + splay, -h, d - 0.08 + splay], r, under, mirror: .both)
        }
        let back = b.draw(0.35, 0.6)
        if b.chance(0.45) {
            b.add(.box([w, back, 0.05], rounding: 0.03), at: [0, back, 0.05 - d], main)
        } else {
            b.add(
                .box([0.05, back, 0.05], rounding: 0.02), at: [w - 0.05, back, 0.05 - d], under, mirror: .x)
            b.add(.box([w, 0.09, 0.045], rounding: 0.02), at: [0, back * 1.8, 0.05 - d], main)
            if b.chance(0.5) {
                b.add(.box([w, 0.06, 0.04], rounding: 0.02), at: [0, back * 1.1, 0.05 - d], main)
            } else {
                for x in [Float(0), 0.45 * w] {
                    b.add(
                        .box([0.03, back * 0.9, 0.025], rounding: 0.01), at: [x, back * 0.9, 0.05 - d], under,
                        mirror: .x)
                }
            }
        }
        if b.chance(0.3) {
            b.add(.box([0.04, 0.04, d * 0.8], rounding: 0.02), at: [w, 0.3, 0], under, mirror: .x)
            b.add(.box([0.04, 0.15, 0.04], rounding: 0.01), at: [w, 0.15, d * 0.7], under, mirror: .x)
        }
        b.caption = "\(ToyBuilder.a(seat, main)) chair with \(legs.name) legs"
    }

    static func table(_ b: inout ToyBuilder) {
        let top = b.tint(), legs = b.sameOrOther(top), h = b.draw(0.4, 0.7), w = b.draw(0.55, 0.95),
            d = b.draw(0.4, 0.7)
        let wooden = b.chance(0.4)
        let main = wooden ? b.wood(top) : b.paint(top, patterned: 0.2),
            under = wooden ? b.wood(legs) : ToyPaint(legs)
        if b.chance(0.55) {
            let r = b.draw(0.035, 0.08)
            b.add(.box([w, 0.06, d], rounding: 0.02), at: [0, h / 2, 0], main)
            b.add(.box([r, h / 2, r], rounding: 0.01), at: [w - 0.1, 0, d - 0.1], under, mirror: .both)
            if b.chance(0.4) {
                b.add(.box([w - 0.1, 0.03, d - 0.1], rounding: 0.01), at: [0, -h * 0.25, 0], under)
            }
        } else {
            b.add(.cylinder(radius: w, half: 0.05, rounding: 0.02), at: [0, h / 2, 0], main)
            b.add(.cylinder(radius: b.draw(0.05, 0.1), half: h / 2, rounding: 0), under)
            b.add(.cone(half: 0.05, bottom: 0.4, top: 0.1), at: [0, -h / 2, 0], under)
        }
        b.caption = "\(ToyBuilder.a(top, main)) table with \(legs.name) legs"
    }

    static func lamp(_ b: inout ToyBuilder) {
        let shade = b.tint(), stand = b.tint(), h = b.draw(0.5, 0.8), cover = b.paint(shade, patterned: 0.25)
        b.add(
            .cylinder(radius: b.draw(0.22, 0.35), half: 0.05, rounding: 0.03), at: [0, -h, 0], ToyPaint(stand)
        )
        b.add(.cylinder(radius: 0.045, half: h, rounding: 0), ToyPaint(stand))
        if b.chance(0.5) {
            b.add(.ellipsoid([0.18, 0.22, 0.18]), at: [0, -h * 0.6, 0], ToyPaint(stand), blend: 0.05)
        }
        let low = b.draw(0.35, 0.5)
        b.add(.cone(half: b.draw(0.2, 0.32), bottom: low, top: b.draw(0.15, 0.3)), at: [0, h, 0], cover)
        b.caption = "\(ToyBuilder.a(stand.name)) lamp with \(ToyBuilder.a(shade, cover)) shade"
    }

    static func sofa(_ b: inout ToyBuilder) {
        let body = b.tint(), cushion = b.tint(), w = b.draw(0.6, 0.95), d = b.draw(0.35, 0.45)
        let cloth = b.paint(body, patterned: 0.2)
        b.add(.box([w, 0.16, d], rounding: 0.05), at: [0, -0.2, 0], cloth)
        b.add(.box([w, b.draw(0.3, 0.42), 0.12], rounding: 0.06), at: [0, 0.05, -d], cloth)
        b.add(.box([0.11, 0.28, d], rounding: 0.06), at: [w, -0.08, 0], cloth, mirror: .x)
        b.add(
            .box([w * 0.46, 0.07, d * 0.8], rounding: 0.05), at: [w * 0.46, 0, 0.08], ToyPaint(cushion),
            mirror: .x)
        if b.chance(0.4) {
            b.add(
                .cylinder(radius: 0.04, half: 0.06, rounding: 0), at: [w - 0.05, -0.4, d - 0.06],
                b.plain("brown", "black"), mirror: .both)
        }
        b.caption = "\(ToyBuilder.a(body, cloth)) sofa with \(cushion.name) cushions"
    }

    static func bed(_ b: inout ToyBuilder) {
        let cover = b.tint(), w = b.draw(0.4, 0.65), l: Float = 0.85,
            frame = b.wood(b.tint("brown", "tan", "white", "grey"))
        let cloth = b.paint(cover, patterned: 0.3)
        b.add(.box([w, 0.08, l], rounding: 0.02), at: [0, -0.15, 0], frame)
        b.add(.box([w * 0.97, 0.1, l * 0.96], rounding: 0.06), cloth)
        b.add(.box([w, b.draw(0.25, 0.42), 0.04], rounding: 0.02), at: [0, 0.05, -l], frame)
        if b.chance(0.4) { b.add(.box([w, 0.16, 0.035], rounding: 0.02), at: [0, -0.05, l], frame) }
        let double = w > 0.5
        b.add(
            .box([double ? w * 0.35 : w * 0.6, 0.07, 0.16], rounding: 0.06),
            at: [double ? w * 0.45 : 0, 0.14, 0.25 - l],
            b.plain("white", "cream"), mirror: .x)
        b.add(.box([0.05, 0.1, 0.05], rounding: 0), at: [w - 0.06, -0.28, l - 0.06], frame, mirror: .both)
        b.caption = "\(ToyBuilder.a(cover, cloth)) bed"
    }

    static func chest(_ b: inout ToyBuilder) {
        let body = b.tint("brown", "tan", "red", "grey", "blue"), bands = b.tint("yellow", "grey", "black")
        let w = b.draw(0.5, 0.7), d = b.draw(0.35, 0.45), box = b.wood(body), metal = ToyPaint(bands)
        b.add(.box([w, 0.25, d], rounding: 0.02), at: [0, -0.15, 0], box)
        b.add(
            .cylinder(radius: d, half: w, rounding: 0.01), at: [0, 0.1, 0], turn: [0, 0, 90], box.shaded(0.9))
        let x = w * b.draw(0.5, 0.75)
        b.add(.box([0.05, 0.26, d + 0.02], rounding: 0), at: [x, -0.15, 0], metal, mirror: .x)
        b.add(
            .cylinder(radius: d + 0.02, half: 0.05, rounding: 0), at: [x, 0.1, 0], turn: [0, 0, 90], metal,
            mirror: .x)
        b.add(.box([0.09, 0.1, 0.04], rounding: 0.01), at: [0, 0.05, d], metal)
        b.caption = "\(ToyBuilder.a(body.name)) treasure chest with \(bands.name) bands"
    }
}
