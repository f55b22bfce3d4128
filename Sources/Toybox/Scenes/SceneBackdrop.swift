// Backgrounds of scenes: a ground with a wall or a sky, or a flat backdrop; and shadows on the ground.

/// The surroundings of a scene, painted before the objects.
struct SceneBackdrop: Sendable {
    enum Stage { case room(wall: Float), open, flat }

    let stage: Stage
    let ground: SceneTexture
    let wall: SceneTexture
    let sky: (low: Vector, high: Vector)
    /// Height of the ground.
    var level: Float = 0
    /// Radius of the background's defocus blur, in pixels of a 256-pixel image.
    let defocus: Float

    init(random: inout ToyRandom, stage: Stage) {
        self.stage = stage
        ground = SceneTexture(random: &random)
        wall = SceneTexture(random: &random)
        let tone = random.uniform(0.55, 1)
        sky = (
            Vector(0.85, 0.88, 0.92) * tone,
            SceneTexture.hsv(random.uniform(0.5, 0.65), random.uniform(0.05, 0.6), tone)
        )
        defocus = random.chance(0.35) ? random.uniform(0.5, 4) : 0
    }

    init(stage: Stage, ground: SceneTexture, wall: SceneTexture, sky: (low: Vector, high: Vector)) {
        (self.stage, self.ground, self.wall, self.sky) = (stage, ground, wall, sky)
        defocus = 0
    }

    /// Paints the backdrop and, if there is a ground, returns its point for every pixel (nil elsewhere).
    func paint(
        _ canvas: inout SceneCanvas, camera: ToyCamera, light: ToyLight, placements: [ScenePlacement]
    ) {
        let width = canvas.width, height = canvas.height
        if case .flat = stage {
            let unit = 2.2 / Float(min(width, height))
            for y in 0..<height {
                for x in 0..<width {
                    canvas.pixels[y * width + x] = ground.colour(
                        Float(x - width / 2) * unit, Float(height / 2 - y) * unit, footprint: unit)
                }
            }
            return
        }
        let shade = SceneShadow(
            camera: camera, light: light, placements: placements, level: level, width: width, height: height)
        let facing = Vector(camera.forward.x, 0, camera.forward.z).normalised,
            across = facing.cross([0, 1, 0])
        let pixel = camera.width / Float(width), sunlight = light.directional * max(light.direction.y, 0.1)
        let ambient = light.ambient + light.hemisphere
        for y in 0..<height {
            let v = camera.top - (Float(y) + 0.5) / Float(height) * camera.height
            for x in 0..<width {
                let u = camera.left + (Float(x) + 0.5) / Float(width) * camera.width
                let ray = camera.forward + camera.right * u + camera.up * v
                let down = ray.y < -1e-4 ? (level - camera.position.y) / ray.y : .infinity
                var behind = Float.infinity
                if case .room(let distance) = stage {
                    let towards = ray.dot(facing)
                    if towards > 1e-4 { behind = (distance - camera.position.dot(facing)) / towards }
                }
                let at = y * width + x
                if behind < down {
                    let p = camera.position + ray * behind
                    let corner = min(1, 0.72 + 0.5 * (p.y - level))
                    canvas.pixels[at] =
                        wall.colour(p.dot(across), p.y, footprint: pixel * behind) * (0.92 * corner)
                } else if down < 60 {
                    let p = camera.position + ray * down,
                        footprint = pixel * down * max(1, 0.4 / max(-ray.y, 0.02))
                    let lit = shade.value(x, y), tint = light.tint * (sunlight * lit.sun)
                    var c = ground.colour(p.x, p.z, footprint: footprint) * (tint + ambient * lit.open)
                    if case .open = stage {
                        let haze = min(1, down / 60)
                        c += (sky.low - c) * (haze * haze)
                    }
                    canvas.pixels[at] = c
                } else {
                    let up = min(max(ray.y / 0.8, 0), 1), cloud = wall.noise.fractal(u * 3, v * 6, octaves: 4)
                    canvas.pixels[at] =
                        sky.low + (sky.high - sky.low) * (up.squareRoot()) + 0.25 * max(0, cloud - 0.5)
                }
            }
        }
        if defocus > 0 { canvas.blur(defocus * Float(height) / 256) }
    }
}

/// Shadows of the objects on the ground, computed on a coarse grid of pixels.
struct SceneShadow: Sendable {
    private let width: Int
    private let height: Int
    private let step = 3
    private var sun: [Float]
    private var open: [Float]

    init(
        camera: ToyCamera, light: ToyLight, placements: [ScenePlacement], level: Float, width: Int,
        height: Int
    ) {
        self.width = (width + step - 1) / step + 1
        self.height = (height + step - 1) / step + 1
        sun = [Float](repeating: 1, count: self.width * self.height)
        open = sun
        var points: [(index: Int, point: Vector)] = []
        for y in 0..<self.height {
            for x in 0..<self.width {
                let u = camera.left + (Float(x * step) + 0.5) / Float(width) * camera.width
                let v = camera.top - (Float(y * step) + 0.5) / Float(height) * camera.height
                let ray = camera.forward + camera.right * u + camera.up * v
                guard ray.y < -1e-3 else { continue }
                let t = (level - camera.position.y) / ray.y
                if t < 40 { points.append((y * self.width + x, camera.position + ray * t)) }
            }
        }
        for placement in placements {
            let towards = placement.light(light).direction
            var indices: [Int] = [], local: [Float] = []
            for (index, point) in points {
                let p = placement.toObject(point + [0, 0.004, 0]), along = -p.dot(towards)
                let off = (p + towards * max(along, 0)).length
                guard off < 1.35 else { continue }
                indices.append(index)
                local += [p.x, p.y, p.z]
            }
            guard !indices.isEmpty else { continue }
            let lit = Kernels.shadow(placement.object, points: local, towards: towards, softness: 0.25)
            let near = Kernels.distances(placement.object, points: local)
            for (i, index) in indices.enumerated() {
                sun[index] = min(sun[index], lit[i])
                open[index] *= 0.5 + 0.5 * min(max(near[i] / 0.35, 0), 1)
            }
        }
    }

    /// Visibility of the sun and of the sky at a pixel, in [0, 1].
    func value(_ x: Int, _ y: Int) -> (sun: Float, open: Float) {
        let i = x / step, j = y / step, u = Float(x % step) / Float(step), v = Float(y % step) / Float(step)
        let a = j * width + i, c = a + width
        func blend(_ f: [Float]) -> Float {
            (f[a] * (1 - u) + f[a + 1] * u) * (1 - v) + (f[c] * (1 - u) + f[c + 1] * u) * v
        }
        return (blend(sun), blend(open))
    }
}
