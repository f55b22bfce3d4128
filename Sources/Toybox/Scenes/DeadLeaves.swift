// Abstract images with the statistics of photographs: occluding shapes of all sizes.

/// The dead leaves model with textured leaves.
///
/// Sizes follow a power law, so that the image is statistically scale-invariant, as photographs are (Lee, Mumford &
/// Huang 2001, "Occlusion models for natural images"); networks trained on such images transfer to photographs
/// (Baradad et al. 2021, "Learning to see by looking at noise").
enum DeadLeaves {
    /// Paints leaves until their areas add up to `coverage` of the canvas; from 1 on, over a background of their own.
    static func paint(_ canvas: inout SceneCanvas, _ random: inout ToyRandom, coverage: Float) {
        // Photographs have few colours: each leaf takes its colour from a small palette.
        let palette = (0..<(2 + random.index(5))).map { _ in SceneTexture.natural(&random) }
        let ground = NaturalSurface(random: &random, palette: palette)
        if coverage >= 1 {
            for i in canvas.pixels.indices {
                canvas.pixels[i] = ground.colour(Float(i % canvas.width), Float(i / canvas.width))
            }
        }
        // In a pure power law nearly every leaf is tiny; a share of large ones is added.
        let large = random.uniform(0.15, 1)
        let largest = 0.55 * Float(min(canvas.width, canvas.height)), smallest: Float = 3
        let far = random.chance(0.3) ? random.uniform(0.8, 4) : 0,
            blurAt = random.uniform(0.2, 0.7) * coverage
        var covered: Float = 0, blurred = far == 0
        let whole = Float(canvas.width * canvas.height)
        while covered < coverage * whole {
            // Sampling of the density r^-3 between the bounds.
            let t = random.unit(), a = 1 / (smallest * smallest), b = 1 / (largest * largest)
            let radius =
                random.chance(large) ? random.uniform(0.12, 1) * largest : 1 / (a + (b - a) * t).squareRoot()
            leaf(&canvas, &random, radius: radius, palette: palette)
            covered += radius * radius
            if !blurred, covered > blurAt * whole {
                canvas.blur(far)
                blurred = true
            }
        }
    }

    private enum Surface {
        case pattern(SceneTexture, unit: Float)
        case natural(NaturalSurface)
        case plain(Vector)
    }

    private static func leaf(
        _ canvas: inout SceneCanvas, _ random: inout ToyRandom, radius: Float, palette: [Vector]
    ) {
        let shape = LeafShape(random: &random, radius: radius)
        let surface: Surface =
            random.chance(0.3)
            ? .pattern(
                SceneTexture(random: &random, palette: palette), unit: 2.2 / Float(max(canvas.height, 64)))
            : random.chance(0.75)
                ? .natural(NaturalSurface(random: &random, palette: palette))
                : .plain(random.pick(palette) * random.uniform(0.6, 1.2))
        let cx = random.uniform(0, Float(canvas.width)), cy = random.uniform(0, Float(canvas.height))
        let turn = random.chance(0.4) ? 0 : random.uniform(-.pi, .pi)
        let (c, s) = (ToyMath.cos(turn), ToyMath.sin(turn))
        let slope = random.chance(0.6) ? random.uniform(0, 0.35) / max(radius, 12) : 0
        let toward = random.uniform(0, 2 * .pi),
            light = (ToyMath.cos(toward) * slope, ToyMath.sin(toward) * slope)
        let roundness = random.chance(0.3) ? random.uniform(0.2, 0.7) : 0
        let soft = random.chance(0.15) ? random.uniform(1, 6) : random.uniform(0.4, 0.8)
        let shadow =
            random.chance(0.3) ? (size: random.uniform(2, 14), dark: random.uniform(0.15, 0.6)) : (0, 0)
        let reach = shape.reach + soft + shadow.0
        let rows = range(cy, reach, canvas.height), columns = range(cx, reach, canvas.width)
        for y in rows {
            for x in columns {
                let dx = Float(x) - cx, dy = Float(y) - cy, u = dx * c + dy * s, v = dy * c - dx * s
                let depth = shape.depth(u, v), alpha = min(max(0.5 + depth / (2 * soft), 0), 1)
                let at = y * canvas.width + x
                if alpha < 1, shadow.0 > 0, depth > -shadow.0 {
                    canvas.pixels[at] *= 1 - shadow.1 * (1 + min(depth, 0) / shadow.0)
                }
                guard alpha > 0 else { continue }
                var paint: Vector
                switch surface {
                case .pattern(let texture, let unit):
                    paint = texture.colour(u * unit, v * unit, footprint: unit)
                case .natural(let noise): paint = noise.colour(u, v)
                case .plain(let colour): paint = colour
                }
                paint *= 1 + dx * light.0 + dy * light.1
                if roundness > 0 {
                    let edge = 1 - min(max(depth / radius, 0), 1)
                    paint *= 1 - roundness * edge * edge * edge
                }
                canvas.pixels[at] += (paint - canvas.pixels[at]) * alpha
            }
        }
    }

    private static func range(_ middle: Float, _ reach: Float, _ count: Int) -> Range<Int> {
        let low = max(middle - reach, 0), high = min(middle + reach + 1, Float(count))
        return low < high ? Int(low)..<Int(high) : 0..<0
    }
}
