// Vehicles: cars, trucks, buses, boats, rockets, airplanes.

enum Vehicles {
    static let classes: [ToyClass] = [
        ToyClass("car", car), ToyClass("truck", truck), ToyClass("bus", bus), ToyClass("boat", boat),
        ToyClass("rocket", rocket), ToyClass("airplane", airplane),
    ]

    static let tyre = ToyPaint(0.08, 0.08, 0.09)

    static func car(_ b: inout ToyBuilder) {
        let body = b.tint(), w = b.draw(0.33, 0.42), l = b.draw(0.75, 1.0), h = b.draw(0.16, 0.24),
            paint = b.paint(body, patterned: 0.12)
        b.add(.box([w, h, l], rounding: 0.1), paint)
        let cabin = b.draw(0.16, 0.24), length = b.draw(0.36, 0.58), z = b.draw(-0.25, 0.05)
        b.add(
            .box([w * 0.86, cabin, length], rounding: 0.09), at: [0, h + cabin * 0.7, z], ToyPaint(body),
            blend: 0.05)
        let glass = b.plain("black", "sky")
        b.add(
            .box([w * 0.88, cabin * 0.55, length * 0.8], rounding: 0.02), at: [0, h + cabin * 0.75, z], glass)
        b.add(
            .box([w * 0.7, cabin * 0.55, length * 1.01], rounding: 0.02), at: [0, h + cabin * 0.75, z], glass)
        let r = b.draw(0.17, 0.23)
        b.add(
            .cylinder(radius: r, half: 0.08, rounding: 0.03), at: [w, -h, l * 0.58], turn: [0, 0, 90], tyre,
            mirror: .both)
        b.add(
            .cylinder(radius: r * 0.5, half: 0.09, rounding: 0.01), at: [w, -h, l * 0.58], turn: [0, 0, 90],
            ToyPaint(0.7, 0.7, 0.72), mirror: .both)
        b.add(
            .ellipsoid([0.07, 0.06, 0.04]), at: [w * 0.65, 0.02, l], b.plain("yellow", "white"), mirror: .x)
        b.add(.ellipsoid([0.07, 0.05, 0.03]), at: [w * 0.65, 0.02, -l], b.plain("red"), mirror: .x)
        b.caption = "\(ToyBuilder.a(body, paint)) car"
    }

    static func truck(_ b: inout ToyBuilder) {
        let cab = b.tint(), back = b.tint(), w: Float = 0.36, load = b.paint(back, patterned: 0.2)
        b.add(.box([w, 0.3, 0.24], rounding: 0.05), at: [0, 0.08, 0.62], ToyPaint(cab))
        b.add(.box([w * 0.9, 0.1, 0.03], rounding: 0), at: [0, 0.2, 0.86], b.plain("sky", "black"))
        if b.chance(0.6) {
            b.add(.box([w * 1.05, b.draw(0.3, 0.45), 0.55], rounding: 0.02), at: [0, 0.2, -0.22], load)
        } else {
            b.add(.box([w * 1.05, 0.15, 0.55], rounding: 0.02), at: [0, -0.05, -0.22], load)
            b.add(
                .box([w * 0.9, 0.2, 0.48], rounding: 0), at: [0, 0.12, -0.22], ToyPaint(back).shaded(0.6),
                .subtract)
        }
        b.add(.box([w * 0.9, 0.06, 0.85], rounding: 0), at: [0, -0.22, 0], ToyPaint(0.15, 0.15, 0.15))
        for z in [Float(0.58), -0.2, -0.6] {
            b.add(
                .cylinder(radius: 0.18, half: 0.08, rounding: 0.02), at: [w, -0.28, z], turn: [0, 0, 90],
                tyre, mirror: .x)
        }
        b.caption = "\(ToyBuilder.a(cab.name)) truck with \(ToyBuilder.a(back, load)) back"
    }

    static func bus(_ b: inout ToyBuilder) {
        let body = b.tint(), l = b.draw(0.75, 1.0), h = b.draw(0.3, 0.4),
            paint = b.paint(body, patterned: 0.1), glass = b.plain("sky", "black")
        b.add(.box([0.34, h, l], rounding: 0.07), paint)
        b.add(.box([0.345, h * 0.35, l * 0.88], rounding: 0.02), at: [0, h * 0.3, 0], glass)
        b.add(.box([0.28, h * 0.4, l * 1.005], rounding: 0.02), at: [0, h * 0.3, 0], glass)
        b.add(
            .cylinder(radius: 0.16, half: 0.06, rounding: 0.02), at: [0.32, -h, l * 0.6], turn: [0, 0, 90],
            tyre, mirror: .both)
        if b.chance(0.4) {
            b.add(.box([0.348, 0.04, l * 1.003], rounding: 0), at: [0, -h * 0.25, 0], ToyPaint(b.tint()))
        }
        b.caption = "\(ToyBuilder.a(body, paint)) bus"
    }

    static func boat(_ b: inout ToyBuilder) {
        let hull = b.tint(), other = b.tint(), l = b.draw(0.7, 0.95), paint = b.paint(hull, patterned: 0.12)
        b.add(.ellipsoid([b.draw(0.3, 0.4), 0.4, l]), paint)
        b.add(
            .box([1, 0.4, 2], rounding: 0), at: [0, 0.4, 0], ToyPaint(b.tint("tan", "white", "brown")),
            .subtract)
        if b.chance(0.3) {
            b.add(.ellipsoid([0.28, 0.2, l * 0.85]), at: [0, 0.06, 0], b.plain("tan"), .subtract)
        }
        if b.chance(0.55) {
            b.add(.cylinder(radius: 0.035, half: 0.55, rounding: 0), at: [0, 0.5, 0], b.plain("brown"))
            let sail = b.paint(other, patterned: 0.25)
            b.add(
                .gable(width: 0.45, height: 0.85, length: 0.02), at: [0, 0.15, 0.02], turn: [0, 90, 0], sail)
            b.caption = "\(ToyBuilder.a(hull.name)) sailboat with \(ToyBuilder.a(other, sail)) sail"
        } else {
            b.add(.box([0.2, 0.18, 0.3], rounding: 0.03), at: [0, 0.15, -0.1], ToyPaint(other))
            b.add(
                .cylinder(radius: 0.08, half: 0.15, rounding: 0), at: [0, 0.4, -0.15],
                b.plain("red", "black", "white"))
            b.caption = "\(ToyBuilder.a(hull.name)) boat with \(ToyBuilder.a(other.name)) cabin"
        }
    }

    static func rocket(_ b: inout ToyBuilder) {
        let body = b.tint(), fins = b.tint(), r = b.draw(0.2, 0.32), h = b.draw(0.45, 0.65),
            paint = b.paint(body, patterned: 0.3)
        b.add(.cylinder(radius: r, half: h, rounding: 0.02), paint)
        b.add(.cone(half: 0.25, bottom: r, top: 0.02), at: [0, h + 0.24, 0], ToyPaint(fins))
        let f = b.draw(0.15, 0.25)
        b.add(
            .box([f, 0.22, 0.03], rounding: 0.01), at: [r + f * 0.5, 0.05 - h, 0], ToyPaint(fins), mirror: .x)
        b.add(
            .box([0.03, 0.22, f], rounding: 0.01), at: [0, 0.05 - h, r + f * 0.5], ToyPaint(fins), mirror: .z)
        b.add(.ellipsoid([0.1, 0.1, 0.05]), at: [0, h * 0.4, r], b.plain("sky"))
        b.add(.cone(half: 0.08, bottom: 0.2, top: 0.12), at: [0, -h - 0.07, 0], ToyPaint(0.25, 0.25, 0.26))
        b.caption = "\(ToyBuilder.a(body, paint)) rocket with \(fins.name) fins"
    }

    static func airplane(_ b: inout ToyBuilder) {
        let body = b.tint(), wings = b.tint(), l = b.draw(0.8, 0.95), r = b.draw(0.14, 0.2),
            wing = b.paint(wings, patterned: 0.2)
        b.add(.capsule(half: l - r, radius: r), turn: [90, 0, 0], ToyPaint(body))
        let span = b.draw(0.75, 0.95), y = b.pick(Float(-0.05), 0.1)
        b.add(.box([span, 0.03, b.draw(0.15, 0.22)], rounding: 0.02), at: [0, y, 0.1], wing)
        if b.chance(0.2) {
            b.add(.box([span, 0.03, 0.17], rounding: 0.02), at: [0, y + 0.35, 0.1], wing);
            b.rod([0.5, y, 0.1], [0.5, y + 0.35, 0.1], 0.025, ToyPaint(body), mirror: .x)
        }
        b.add(.box([0.35, 0.025, 0.1], rounding: 0.02), at: [0, 0.05, 0.12 - l], ToyPaint(wings))
        b.add(.box([0.025, 0.2, 0.12], rounding: 0.02), at: [0, 0.25, 0.12 - l], ToyPaint(wings))
        b.add(.ellipsoid([0.1, 0.08, 0.2]), at: [0, r * 0.8, l * 0.5], b.plain("sky", "black"))
        if b.chance(0.5) {
            b.add(
                .cylinder(radius: 0.07, half: 0.15, rounding: 0.02), at: [0.4, -0.08, 0.15],
                turn: [90, 0, 0], ToyPaint(0.4, 0.4, 0.42), mirror: .x)
        } else {
            b.add(
                .box([0.35, 0.05, 0.02], rounding: 0), at: [0, 0, l + 0.03], turn: [0, 0, 30],
                ToyPaint(0.3, 0.3, 0.3))
        }
        b.caption = "\(ToyBuilder.a(body.name)) airplane with \(ToyBuilder.words(wings, wing)) wings"
    }
}
