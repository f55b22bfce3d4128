// Scenes: several objects on a ground or floating before a backdrop, with masks, boxes and captions.

/// An image of several objects with its ground truth.
public struct ToyScene: Sendable {
    /// A visible object.
    public struct Item: Sendable {
        public let object: ToyObject
        /// Visible pixels' box, half-open: x0, y0, x1, y1.
        public let box: (x0: Int, y0: Int, x1: Int, y1: Int)
        public let visiblePixels: Int
        /// Degrees from which the camera sees the object, about the object's own axes.
        public let azimuth: Float
        public let elevation: Float
        package let placement: ScenePlacement
    }

    public let width: Int
    public let height: Int
    /// [height, width, 3].
    public let image: [UInt8]
    /// [height, width]: 0 background, else 1 + index into ``items``: the visible mask of each object.
    public let ids: [UInt8]
    public let items: [Item]
    /// "a red mug and a green chair".
    public let caption: String
    package let camera: ToyCamera
}

extension ToyScene {
    /// Maximum number of objects in a scene.
    public static let mostObjects = 8

    /// The scene of a seed, at any size.
    public static func make(seed: UInt64, split: ToySplit, width: Int = 256, height: Int = 256) throws
        -> ToyScene
    {
        var random = ToyRandom(seed: seed, split: split, stream: 200)
        let count = random.pick([1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7])
        let objects = try (0..<count).map { _ in try ToyObject.make(seed: random.next() >> 1, split: split) }
        let floating = random.chance(0.22)
        let plan = floating ? Self.float(objects, &random) : Self.stand(objects, &random)
        var light = ToyLight(random: &random)
        light.ambient = random.uniform(0.22, 0.5)
        light.directional = random.uniform(0.2, 0.75)
        light.hemisphere = random.uniform(0.15, 0.4)
        let warmth = random.uniform(-0.14, 0.14)
        light.tint = [1 + warmth, 1, 1 - warmth]
        let stage: SceneBackdrop.Stage =
            floating ? .flat : random.chance(0.72) ? .room(wall: random.uniform(1.2, 4.5)) : .open
        let backdrop = SceneBackdrop(random: &random, stage: stage)
        var canvas = SceneCanvas(width: width, height: height)
        backdrop.paint(&canvas, camera: plan.camera, light: light, placements: plan.placements)
        if random.chance(0.35) { SceneClutter.paint(&canvas, &random) }
        var ids = draw(plan.placements, camera: plan.camera, light: light, on: &canvas)
        canvas.photograph(&random, strength: random.uniform(0, 1))
        let items = Self.items(plan.placements, camera: plan.camera, ids: &ids, width: width, height: height)
        return ToyScene(
            width: width, height: height, image: canvas.bytes, ids: ids, items: items,
            caption: Self.caption(items),
            camera: plan.camera)
    }

    /// Objects on the ground, without intersections, and a camera that shows most of them.
    private static func stand(
        _ objects: [ToyObject], _ random: inout ToyRandom
    ) -> (placements: [ScenePlacement], camera: ToyCamera) {
        var placements: [ScenePlacement] = []
        var spread: Float = objects.count == 1 ? 0.15 : 0.55
        for object in objects {
            for _ in 0..<24 {
                let r = spread * random.unit().squareRoot(), a = random.uniform(0, 2 * .pi)
                let candidate = ScenePlacement(
                    standing: object, x: r * ToyMath.cos(a), z: r * ToyMath.sin(a),
                    azimuth: random.uniform(-180, 180),
                    scale: 0.45 * ToyMath.exp(random.uniform(0, 0.9)))
                let clear = placements.allSatisfy {
                    let gap = ($0.position - candidate.position) * Vector(1, 0, 1)
                    return gap.length > 0.8 * ($0.footprint + candidate.footprint)
                }
                if clear {
                    placements.append(candidate)
                    break
                }
                spread *= 1.12
            }
        }
        let reach = placements.map { ($0.position * Vector(1, 0, 1)).length + $0.footprint }.max() ?? 1
        let fov = random.uniform(28, 60),
            elevation = random.chance(0.15) ? random.uniform(45, 85) : random.uniform(3, 42)
        let distance = reach * random.uniform(0.85, 1.5) / ToyMath.tan(ToyMath.radians(fov / 2)) + 0.3
        var camera = ToyCamera(
            azimuth: random.uniform(-180, 180), elevation: elevation, distance: max(distance, reach + 0.5),
            fieldOfView: fov)
        let target = Vector(
            random.uniform(-0.25, 0.25) * reach, random.uniform(0.15, 0.55),
            random.uniform(-0.25, 0.25) * reach)
        camera.position += target
        if camera.position.y < 0.12 { camera.position.y = 0.12 }
        if random.chance(0.3) { camera.roll(random.uniform(-10, 10)) }
        return (placements, camera)
    }

    /// Floating objects in random orientations, side by side in the image.
    private static func float(
        _ objects: [ToyObject], _ random: inout ToyRandom
    ) -> (placements: [ScenePlacement], camera: ToyCamera) {
        let camera = ToyCamera(azimuth: 0, elevation: 0, distance: 6, fieldOfView: 30)
        let half = 6 * ToyMath.tan(ToyMath.radians(15))
        let placements = objects.map { object in
            let upright = random.chance(0.55)
            let turn: Vector =
                upright
                ? [random.uniform(-5, 35), random.uniform(-180, 180), random.uniform(-8, 8)]
                : [random.uniform(-180, 180), random.uniform(-180, 180), random.uniform(-180, 180)]
            let scale = objects.count == 1 ? random.uniform(0.7, 1.5) : random.uniform(0.35, 1)
            let room = half * (objects.count == 1 ? 0.25 : 0.75)
            return ScenePlacement(
                object: object, rotation: Rotation(degrees: turn), scale: scale,
                position: [random.uniform(-room, room), random.uniform(-room, room), random.uniform(-1, 1)])
        }
        return (placements, camera)
    }

    /// Renders the objects over the canvas; returns the visible ids.
    static func draw(
        _ placements: [ScenePlacement], camera: ToyCamera, light: ToyLight, on canvas: inout SceneCanvas
    ) -> [UInt8] {
        let width = canvas.width, height = canvas.height
        var ids = [UInt8](repeating: 0, count: width * height)
        var nearest = [Float](repeating: .infinity, count: width * height)
        let order = placements.indices.sorted {
            (placements[$0].position - camera.position).length
                > (placements[$1].position - camera.position).length
        }
        for index in order {
            let placement = placements[index]
            guard let area = placement.pixels(camera, width: width, height: height) else { continue }
            let eye = placement.camera(camera).cropped(x: area.x, y: area.y, of: (width, height))
            let picture = ToyRenderer.render(
                placement.object, camera: eye, width: area.x.count, height: area.y.count,
                light: placement.light(light))
            for y in 0..<picture.height {
                for x in 0..<picture.width {
                    let from = y * picture.width + x,
                        to = (area.y.lowerBound + y) * width + area.x.lowerBound + x
                    let alpha = picture.colour[from * 4 + 3], depth = picture.depth[from] * placement.scale
                    guard alpha > 0, depth < nearest[to] else { continue }
                    let c = Vector(
                        picture.colour[from * 4], picture.colour[from * 4 + 1], picture.colour[from * 4 + 2])
                    canvas.pixels[to] = c + canvas.pixels[to] * (1 - alpha)
                    if alpha >= 0.5 { (nearest[to], ids[to]) = (depth, UInt8(index + 1)) }
                }
            }
        }
        return ids
    }

    /// The visible objects, with consecutive ids; tiny fragments become background.
    static func items(
        _ placements: [ScenePlacement], camera: ToyCamera, ids: inout [UInt8], width: Int, height: Int
    ) -> [Item] {
        let least = max(12, width * height / 700)
        var counts = [Int](repeating: 0, count: placements.count + 1)
        var boxes = [(x0: Int, y0: Int, x1: Int, y1: Int)](
            repeating: (width, height, 0, 0), count: placements.count + 1)
        for y in 0..<height {
            for x in 0..<width {
                let id = Int(ids[y * width + x])
                guard id > 0 else { continue }
                counts[id] += 1
                let b = boxes[id]
                boxes[id] = (min(b.x0, x), min(b.y0, y), max(b.x1, x + 1), max(b.y1, y + 1))
            }
        }
        var relabelled = [UInt8](repeating: 0, count: placements.count + 1), items: [Item] = []
        for (i, placement) in placements.enumerated() where counts[i + 1] >= least {
            let view = placement.viewpoint(camera)
            items.append(
                Item(
                    object: placement.object, box: boxes[i + 1], visiblePixels: counts[i + 1],
                    azimuth: view.azimuth,
                    elevation: view.elevation, placement: placement))
            relabelled[i + 1] = UInt8(items.count)
        }
        for i in ids.indices { ids[i] = relabelled[Int(ids[i])] }
        return items
    }

    /// The captions of the three largest objects, joined.
    static func caption(_ items: [Item]) -> String {
        let names = items.sorted { $0.visiblePixels > $1.visiblePixels }.prefix(3).map(\.object.caption)
        guard let last = names.last else { return "an empty scene" }
        return names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and " + last
    }
}
