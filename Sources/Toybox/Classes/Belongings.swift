// Personal items: stools, shelves, hats, shoes, gifts, buckets, umbrellas, books, balls and more.

enum Belongings {
    static let classes: [ToyClass] = [
        ToyClass("stool", stool), ToyClass("bookshelf", bookshelf), ToyClass("hat", hat),
        ToyClass("shoe", shoe),
        ToyClass("gift", gift), ToyClass("bucket", bucket), ToyClass("umbrella", umbrella),
        ToyClass("book", book),
        ToyClass("ball", ball), ToyClass("trophy", trophy), ToyClass("lantern", lantern),
        ToyClass("backpack", backpack),
        ToyClass("basket", basket), ToyClass("drum", drum),
    ]

    static func stool(_ b: inout ToyBuilder) {
        let seat = b.tint(), legs = b.sameOrOther(seat), r = b.draw(0.34, 0.48), h = b.draw(0.35, 0.6),
            wood = b.chance(0.4)
        let top = wood ? b.wood(seat) : b.paint(seat, patterned: 0.2),
            under = wood ? b.wood(legs) : ToyPaint(legs)
        b.add(.cylinder(radius: r, half: b.draw(0.04, 0.1), rounding: 0.035), at: [0, h, 0], top)
        let n = b.count(3...4), splay = b.draw(0.02, 0.16)
        for i in 0..<n {
            let a = 2 * Float.pi * (Float(i) + 0.5) / Float(n), x = ToyMath.sin(a), z = ToyMath.cos(a)
            b.rod(
                [x * r * 0.65, h, z * r * 0.65], [x * (r * 0.65 + splay), -h, z * (r * 0.65 + splay)], 0.045,
                under)
        }
        if b.chance(0.5) {
            b.add(.torus(ring: r * 0.65 + splay * 0.6, tube: 0.025), at: [0, -h * 0.3, 0], under)
        }
        b.caption = "\(ToyBuilder.a(seat, top)) stool with \(legs.name) legs"
    }

    static func bookshelf(_ b: inout ToyBuilder) {
        let wood = b.tint("brown", "tan", "white", "grey", "black", "cream"), board = b.wood(wood)
        let w = b.draw(0.42, 0.6), h = b.draw(0.65, 0.85), d: Float = 0.2, shelves = b.count(2...3)
        b.add(.box([0.035, h, d], rounding: 0), at: [w, 0, 0], board, mirror: .x)
        b.add(.box([w, h, 0.02], rounding: 0), at: [0, 0, -d], board.shaded(0.8))
        for i in 0...shelves {
            let y = -h + 2 * h * Float(i) / Float(shelves)
            b.add(.box([w + 0.03, 0.035, d], rounding: 0), at: [0, y, 0], board)
            guard i < shelves else { continue }
            var x = 0.06 - w, room = b.draw(0.5, 1)
            while x < w * (2 * room - 1) - 0.1, b.parts.count < 40 {
                let thick = b.draw(0.03, 0.075), tall = h / Float(shelves) * b.draw(0.55, 0.85)
                b.add(
                    .box([thick, tall, 0.14], rounding: 0.01), at: [x + thick, y + 0.035 + tall, 0.02],
                    ToyPaint(b.tint()))
                x += 2 * thick + 0.005
                room = max(room, 0.4)
            }
        }
        b.caption = "\(ToyBuilder.a(wood.name)) bookshelf with books"
    }

    static func hat(_ b: inout ToyBuilder) {
        let felt = b.tint(), band = b.tint(), paint = b.paint(felt, patterned: 0.2), r = b.draw(0.3, 0.4),
            h = b.draw(0.2, 0.4)
        if b.chance(0.4) {
            b.add(.cone(half: h * 1.6, bottom: r, top: 0.03), at: [0, h * 1.6 - 0.3, 0], paint)
            b.add(
                .cylinder(radius: r * b.draw(1.5, 2), half: 0.035, rounding: 0.03), at: [0, -0.3, 0],
                ToyPaint(felt))
        } else {
            b.add(.cylinder(radius: r, half: h, rounding: b.draw(0.02, 0.15)), at: [0, h - 0.3, 0], paint)
            b.add(
                .cylinder(radius: r * b.draw(1.5, 2.1), half: 0.035, rounding: 0.03), at: [0, -0.3, 0],
                ToyPaint(felt))
        }
        b.add(.cylinder(radius: r + 0.015, half: 0.06, rounding: 0.01), at: [0, -0.2, 0], ToyPaint(band))
        b.caption = "\(ToyBuilder.a(felt, paint)) hat with \(ToyBuilder.a(band.name)) band"
    }

    static func shoe(_ b: inout ToyBuilder) {
        let upper = b.tint(), sole = b.tint("white", "black", "brown", "cream"),
            paint = b.paint(upper, patterned: 0.2), boot = b.chance(0.4)
        b.add(.box([0.26, 0.07, 0.72], rounding: 0.06), at: [0, -0.33, 0.02], ToyPaint(sole))
        b.add(.ellipsoid([0.25, 0.24, 0.42]), at: [0, -0.22, 0.32], paint)
        b.add(
            .box([0.22, boot ? 0.5 : 0.24, 0.26], rounding: 0.14), at: [0, boot ? 0.18 : -0.06, -0.38], paint,
            blend: 0.12)
        b.add(
            .cylinder(radius: 0.15, half: 0.2, rounding: 0.02), at: [0, boot ? 0.72 : 0.22, -0.4],
            ToyPaint(upper).shaded(0.4), .subtract)
        b.add(.box([1, 0.2, 2], rounding: 0), at: [0, -0.58, 0], ToyPaint(sole).shaded(0.6), .subtract)
        let laces = b.plain("white", "black", "yellow", "red")
        for i in 0..<3 {
            let f = Float(i) / 3
            b.rod(
                [-0.1, 0.02 - 0.1 * f + 0.06, -0.1 + 0.26 * f],
                [0.1, 0.02 - 0.1 * f + 0.06, -0.1 + 0.26 * f], 0.025, laces)
        }
        b.caption = boot ? "\(ToyBuilder.a(upper, paint)) boot" : "\(ToyBuilder.a(upper, paint)) shoe"
    }

    static func gift(_ b: inout ToyBuilder) {
        let paper = b.tint(), ribbon = b.tint(), paint = b.paint(paper, patterned: 0.5), w = b.draw(0.4, 0.6),
            h = b.draw(0.28, 0.5), d = b.draw(0.4, 0.6)
        let silk = ToyPaint(ribbon.colour, gloss: 0.25)
        b.add(.box([w, h, d], rounding: 0.01), paint)
        if b.chance(0.5) {
            b.add(.box([w + 0.03, 0.07, d + 0.03], rounding: 0.01), at: [0, h - 0.06, 0], ToyPaint(paper))
        }
        b.add(.box([w + 0.035, h + 0.015, 0.07], rounding: 0), silk)
        b.add(.box([0.07, h + 0.015, d + 0.035], rounding: 0), silk)
        b.add(
            .arc(ring: 0.13, tube: 0.04, degrees: 140), at: [0.13, h + 0.1, 0], turn: [0, 0, -60], silk,
            mirror: .x)
        b.ball(0.06, at: [0, h + 0.04, 0], silk)
        b.caption = "\(ToyBuilder.a(paper, paint)) gift with \(ToyBuilder.a(ribbon.name)) ribbon"
    }

    static func bucket(_ b: inout ToyBuilder) {
        let body = b.tint(), paint = b.paint(body, patterned: 0.25), h = b.draw(0.38, 0.5),
            low = b.draw(0.3, 0.38), high = b.draw(0.42, 0.52)
        b.add(.cone(half: h, bottom: low, top: high), paint)
        b.add(
            .cone(half: h, bottom: low - 0.05, top: high - 0.05), at: [0, 0.06, 0],
            ToyPaint(body).shaded(0.65), .subtract)
        b.add(.torus(ring: high, tube: 0.03), at: [0, h, 0], ToyPaint(body))
        let metal = b.plain("grey", "white", "black"), upright = b.chance(0.6)
        b.add(
            .arc(ring: high + 0.02, tube: 0.025, degrees: 90), at: [0, h, 0],
            turn: [upright ? b.draw(-20, 20) : 100, 0, 0], metal)
        b.caption = "\(ToyBuilder.a(body, paint)) bucket"
    }

    static func umbrella(_ b: inout ToyBuilder) {
        let cloth = b.tint(), handle = b.tint("brown", "black", "grey", "tan", "white"),
            r = b.draw(0.65, 0.85), paint = b.paint(cloth, patterned: 0.4)
        b.add(.ellipsoid([r, r * b.draw(0.5, 0.75), r]), at: [0, 0.1, 0], paint)
        b.add(
            .ellipsoid([r * 0.96, r * 0.5, r * 0.96]), at: [0, 0.05, 0], ToyPaint(cloth).shaded(0.6),
            .subtract)
        b.add(.box([2, 0.5, 2], rounding: 0), at: [0, -0.36, 0], ToyPaint(cloth).shaded(0.6), .subtract)
        b.rod([0, -0.75, 0], [0, r * 0.75 + 0.15, 0], 0.03, ToyPaint(handle))
        b.add(
            .arc(ring: 0.12, tube: 0.04, degrees: 90), at: [0.12, -0.75, 0], turn: [180, 0, 0],
            ToyPaint(handle))
        b.caption = "\(ToyBuilder.a(cloth, paint)) umbrella with \(ToyBuilder.a(handle.name)) handle"
    }

    static func book(_ b: inout ToyBuilder) {
        let cover = b.tint(), w = b.draw(0.4, 0.52), h = b.draw(0.55, 0.7), t = b.draw(0.06, 0.18),
            turn: Vector = b.chance(0.5) ? .zero : [-90, 0, 0]
        let paint = b.paint(cover, patterned: 0.3),
            pages = ToyPaint(Tint.plain("cream")).with(.rings, Vector(0.8, 0.75, 0.65), frequency: 20)
        // Lying, or standing with the cover towards the front.
        func place(_ v: Vector) -> Vector { turn == .zero ? v : Vector(v.x, v.z, -v.y) }
        b.add(.box([w, h, t], rounding: 0.01), turn: turn, pages)
        b.add(.box([w + 0.03, h + 0.03, 0.025], rounding: 0.01), at: place([0, 0, t]), turn: turn, paint)
        b.add(
            .box([w + 0.03, h + 0.03, 0.025], rounding: 0.01), at: place([0, 0, -t]), turn: turn,
            ToyPaint(cover))
        b.add(
            .box([0.025, h + 0.03, t + 0.02], rounding: 0.01), at: place([-w - 0.01, 0, 0]), turn: turn,
            ToyPaint(cover).shaded(0.85))
        b.add(
            .box([w * 0.6, h * 0.16, 0.012], rounding: 0), at: place([0, h * 0.4, t + 0.02]), turn: turn,
            ToyPaint(b.tint()))
        b.caption = "\(ToyBuilder.a(cover, paint)) book"
    }

    static func ball(_ b: inout ToyBuilder) {
        let body = b.tint(), other = b.tint()
        let pattern = b.pick(
            ToyPattern.rings, .stripes, .dots, .patches, .checks, .halves, .plain, .diagonals)
        let paint = ToyPaint(body).with(
            pattern, other.colour, frequency: b.draw(1.2, 4), seed: Float(b.count(0...999)))
        b.add(.ellipsoid([0.6, 0.6, 0.6]), turn: [b.draw(-40, 40), b.draw(0, 180), b.draw(-40, 40)], paint)
        if b.chance(0.4) {
            b.add(.torus(ring: 0.585, tube: 0.03), turn: [b.draw(0, 90), 0, b.draw(0, 90)], ToyPaint(other))
            if b.chance(0.5) {
                b.add(
                    .torus(ring: 0.585, tube: 0.03), turn: [b.draw(0, 90), 0, b.draw(-90, 0)], ToyPaint(other)
                )
            }
        }
        b.caption =
            pattern == .plain
            ? "\(ToyBuilder.a(body.name)) ball" : "\(ToyBuilder.a(body, paint)) and \(other.name) ball"
    }

    static func trophy(_ b: inout ToyBuilder) {
        let metal = b.tint("yellow", "yellow", "grey", "orange", "tan"),
            base = b.tint("black", "brown", "white", "red"), gold = ToyPaint(metal.colour, gloss: 0.35)
        b.add(.box([0.28, 0.12, 0.28], rounding: 0.02), at: [0, -0.7, 0], b.wood(base))
        b.add(.cone(half: 0.18, bottom: 0.16, top: 0.05), at: [0, -0.42, 0], gold)
        b.add(
            .cone(half: b.draw(0.26, 0.36), bottom: 0.08, top: b.draw(0.34, 0.44)), at: [0, 0.05, 0], gold,
            blend: 0.04)
        b.add(
            .arc(ring: 0.19, tube: 0.035, degrees: 110), at: [0.36, 0.12, 0], turn: [0, 0, -90], gold,
            mirror: .x)
        if b.chance(0.4) { b.ball(0.12, at: [0, 0.45, 0], gold) }
        b.caption = "\(ToyBuilder.a(metal.name)) trophy on \(ToyBuilder.a(base.name)) base"
    }

    static func lantern(_ b: inout ToyBuilder) {
        let frame = b.tint("black", "grey", "red", "green", "brown", "blue"),
            glow = b.tint("yellow", "orange", "white", "red"), r = b.draw(0.26, 0.36), h = b.draw(0.3, 0.42)
        let metal = ToyPaint(frame)
        b.add(.cylinder(radius: r, half: 0.06, rounding: 0.02), at: [0, -h - 0.05, 0], metal)
        b.add(.cylinder(radius: r * 0.78, half: h, rounding: 0.05), ToyPaint(glow).shaded(1.1))
        b.add(.cone(half: 0.13, bottom: r, top: 0.08), at: [0, h + 0.13, 0], metal)
        for i in 0..<4 {
            let a = Float.pi * (0.25 + 0.5 * Float(i))
            b.rod(
                [r * 0.85 * ToyMath.cos(a), -h, r * 0.85 * ToyMath.sin(a)],
                [r * 0.85 * ToyMath.cos(a), h, r * 0.85 * ToyMath.sin(a)], 0.03, metal)
        }
        b.add(.arc(ring: 0.2, tube: 0.025, degrees: 150), at: [0, h + 0.4, 0], metal)
        b.caption = "\(ToyBuilder.a(frame.name)) lantern with \(ToyBuilder.a(glow.name)) light"
    }

    static func backpack(_ b: inout ToyBuilder) {
        let cloth = b.tint(), pocket = b.tint(), paint = b.paint(cloth, patterned: 0.3),
            w = b.draw(0.36, 0.45)
        b.add(.box([w, 0.52, 0.22], rounding: 0.18), paint)
        b.add(.box([w * 0.78, 0.22, 0.12], rounding: 0.08), at: [0, -0.22, 0.24], ToyPaint(pocket))
        b.add(
            .box([w * 0.8, 0.02, 0.125], rounding: 0.01), at: [0, -0.1, 0.24], ToyPaint(pocket).shaded(0.6))
        b.add(.arc(ring: 0.11, tube: 0.03, degrees: 130), at: [0, 0.55, -0.08], ToyPaint(cloth).shaded(0.7))
        b.add(
            .arc(ring: 0.36, tube: 0.05, degrees: 95), at: [w * 0.55, -0.02, -0.06], ToyPaint(pocket),
            mirror: .x)
        b.aim([0, 0, -1])
        b.turnLast(about: 90)
        b.caption = "\(ToyBuilder.a(cloth, paint)) backpack with \(ToyBuilder.a(pocket.name)) pocket"
    }

    static func basket(_ b: inout ToyBuilder) {
        let cane = b.tint("tan", "brown", "orange", "cream", "white"), r = b.draw(0.4, 0.55),
            h = b.draw(0.2, 0.32)
        let weave = ToyPaint(cane).with(.bricks, cane.colour * 0.6, frequency: b.draw(5, 8))
        b.add(.cone(half: h, bottom: r * 0.8, top: r), at: [0, -0.3, 0], weave)
        b.add(
            .cylinder(radius: r * 0.86, half: 0.1, rounding: 0), at: [0, h - 0.28, 0],
            ToyPaint(cane).shaded(0.5), .subtract)
        b.add(.torus(ring: r * 0.97, tube: 0.045), at: [0, h - 0.3, 0], ToyPaint(cane).shaded(0.85))
        b.add(
            .arc(ring: r, tube: 0.04, degrees: 88), at: [0, h - 0.3, 0], turn: [0, b.pick(Float(0), 90), 0],
            ToyPaint(cane))
        if b.chance(0.55) {
            let fruit = b.tint("red", "green", "orange", "yellow", "purple")
            for _ in 0..<b.count(3...6) {
                let a = b.draw(0, 6.28), q = b.draw(0, 0.55) * r
                b.ball(
                    b.draw(0.13, 0.17), at: [q * ToyMath.cos(a), h - 0.26, q * ToyMath.sin(a)],
                    ToyPaint(fruit).shaded(b.draw(0.85, 1.1)))
            }
            b.caption = "\(ToyBuilder.a(cane.name)) basket with \(fruit.name) fruit"
        } else {
            b.caption = "\(ToyBuilder.a(cane.name)) basket"
        }
    }

    static func drum(_ b: inout ToyBuilder) {
        let shell = b.tint(), rim = b.tint(), r = b.draw(0.42, 0.55), h = b.draw(0.2, 0.42)
        b.add(.cylinder(radius: r, half: h, rounding: 0.01), b.paint(shell, patterned: 0.4))
        b.add(.cylinder(radius: r - 0.02, half: h + 0.02, rounding: 0.01), b.plain("white", "cream"))
        b.add(.torus(ring: r, tube: 0.045), at: [0, h, 0], ToyPaint(rim))
        b.add(.torus(ring: r, tube: 0.045), at: [0, -h, 0], ToyPaint(rim))
        let n = b.count(5...8)
        for i in 0..<n {
            let a = 2 * Float.pi * Float(i) / Float(n), c = 2 * Float.pi * (Float(i) + 0.5) / Float(n),
                q = r + 0.02
            b.rod(
                [q * ToyMath.cos(a), -h, q * ToyMath.sin(a)], [q * ToyMath.cos(c), h, q * ToyMath.sin(c)],
                0.018, b.plain("white", "yellow"))
        }
        if b.chance(0.5) {
            b.rod([-0.3, h + 0.06, -0.2], [0.35, h + 0.09, 0.3], 0.028, b.plain("brown", "tan"))
            b.rod([0.3, h + 0.06, -0.25], [-0.3, h + 0.12, 0.25], 0.028, b.plain("brown", "tan"))
        }
        b.caption = "\(ToyBuilder.a(shell.name)) drum with \(ToyBuilder.a(rim.name)) rim"
    }
}
