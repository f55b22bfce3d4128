// Buildings: houses and birdhouses.

enum Buildings {
    static let classes: [ToyClass] = [ToyClass("house", house), ToyClass("birdhouse", birdhouse)]

    static func house(_ b: inout ToyBuilder) {
        let wall = b.tint(), roof = b.tint(), w = b.draw(0.45, 0.7), h = b.draw(0.28, 0.52),
            d = b.draw(0.45, 0.7)
        let stone = b.paint(wall, patterned: 0.2)
        b.add(.box([w, h, d], rounding: 0), stone)
        if b.chance(0.7) {
            let turn: Float = abs(w - d) < 0.08 ? b.pick(Float(0), 90) : 0
            b.add(
                .gable(width: w + 0.1, height: b.draw(0.3, 0.6), length: d + 0.08), at: [0, h, 0],
                turn: [0, turn, 0], b.paint(roof, patterned: 0.15))
        } else {
            b.add(
                .pyramid(width: w + 0.1, height: b.draw(0.4, 0.7), depth: d + 0.1), at: [0, h, 0],
                ToyPaint(roof))
        }
        b.add(
            .box([0.12, 0.2, 0.03], rounding: 0), at: [b.draw(-0.15, 0.15), 0.2 - h, d], ToyPaint(b.tint()))
        let window = b.plain("sky", "yellow", "white")
        b.add(.box([0.1, 0.1, 0.02], rounding: 0), at: [w * 0.62, h * 0.3, d], window, mirror: .both)
        b.add(.box([0.02, 0.1, 0.12], rounding: 0), at: [w, h * 0.2, 0], window, mirror: .x)
        if b.chance(0.5) {
            b.add(
                .box([0.08, 0.25, 0.08], rounding: 0), at: [w * 0.5, h + 0.35, -0.1], b.plain("brown", "grey")
            )
        }
        b.caption = "\(ToyBuilder.a(wall, stone)) house with \(ToyBuilder.a(roof.name)) roof"
    }

    static func birdhouse(_ b: inout ToyBuilder) {
        let wall = b.tint(), roof = b.tint(), paint = b.chance(0.3) ? b.wood(wall) : ToyPaint(wall),
            h = b.draw(0.28, 0.42)
        b.add(.box([0.3, h, 0.3], rounding: 0), at: [0, 0.2, 0], paint)
        b.add(
            .gable(width: 0.42, height: b.draw(0.25, 0.45), length: 0.38), at: [0, 0.18 + h, 0],
            ToyPaint(roof))
        b.add(
            .cylinder(radius: 0.12, half: 0.05, rounding: 0), at: [0, 0.3, 0.3], turn: [90, 0, 0],
            ToyPaint(0.08, 0.07, 0.06))
        b.add(.cylinder(radius: 0.06, half: 0.5, rounding: 0), at: [0, -0.6, 0], b.plain("brown", "grey"))
        if b.chance(0.5) { b.rod([0, 0.1, 0.28], [0, 0.1, 0.45], 0.03, b.plain("brown")) }
        b.caption = "\(ToyBuilder.a(wall, paint)) birdhouse with \(ToyBuilder.a(roof.name)) roof"
    }
}
