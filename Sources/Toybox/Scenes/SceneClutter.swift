// Flat shapes behind the objects (posters, blots, bars, discs), so that not everything with an edge is an object.

enum SceneClutter {
    /// Paints a few shapes, some translucent, some blurred.
    static func paint(_ canvas: inout SceneCanvas, _ random: inout ToyRandom) {
        let width = Float(canvas.width), height = Float(canvas.height)
        for _ in 0..<(1 + random.index(7)) {
            let texture = SceneTexture(random: &random), opacity = random.uniform(0.35, 1),
                round = random.chance(0.45)
            let cx = random.uniform(0, width), cy = random.uniform(0, height * 0.75),
                turn = random.uniform(0, .pi)
            let a = random.uniform(0.02, 0.28) * width, b = a * random.uniform(0.15, 1.2),
                soft = random.chance(0.3) ? random.uniform(2, 14) : 0.7
            let c = ToyMath.cos(turn), s = ToyMath.sin(turn), reach = Int((a + b + soft).rounded(.up)),
                unit = 2.2 / height
            for y in max(0, Int(cy) - reach)..<max(0, min(canvas.height, Int(cy) + reach)) {
                for x in max(0, Int(cx) - reach)..<max(0, min(canvas.width, Int(cx) + reach)) {
                    let dx = Float(x) - cx, dy = Float(y) - cy, u = dx * c + dy * s, v = dy * c - dx * s
                    let inside: Float
                    if round {
                        let q = ((u / a) * (u / a) + (v / b) * (v / b)).squareRoot()
                        inside = (1 - q) * min(a, b)
                    } else {
                        inside = min(a - abs(u), b - abs(v))
                    }
                    guard inside > -soft else { continue }
                    let weight = opacity * min(1, (inside + soft) / (2 * soft))
                    let at = y * canvas.width + x
                    let paint = texture.colour(u * unit, v * unit, footprint: unit)
                    canvas.pixels[at] += (paint - canvas.pixels[at]) * weight
                }
            }
        }
    }
}
