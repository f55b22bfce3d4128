// Example scenes: a photograph of one main object on a ground, with other objects behind it, and its ground truth.

/// A photograph whose main object can be rendered from any viewpoint.
public struct ToyPhotograph: Sendable {
    public let scene: ToyScene
    public let object: ToyObject
    /// The photograph's view of the object, degrees, at the standard distance; its window frames the object.
    public let azimuth: Float
    public let elevation: Float
    public let camera: ToyCamera
    /// A pixel well inside the object.
    public let click: (x: Int, y: Int)

    /// Photographs the object of `seed`.
    ///
    /// The object is at the origin of its own coordinates and in its own light, so that a plain render of it is the
    /// ground truth. Everything else in the image depends on `arrangement`.
    ///
    /// - Throws: ``ToyError`` for a class that does not exist in the split.
    public static func make(
        seed: UInt64, split: ToySplit = .heldOut, className: String? = nil, azimuth: Float = 25,
        elevation: Float = 13,
        size: Int = 512, arrangement: UInt64 = 0
    ) throws -> ToyPhotograph {
        precondition(size >= 32, "ToyPhotograph: size \(size)")
        let object = try ToyObject.make(seed: seed, split: split, className: className)
        var random = ToyRandom(seed: arrangement, split: split, stream: 400)
        let view = ToyCamera(azimuth: azimuth, elevation: elevation)
        let camera = ToyRenderer.framing(object, camera: view, fraction: random.uniform(0.56, 0.68))
        var placements = [ScenePlacement(object: object, rotation: .identity, scale: 1, position: .zero)]
        // The other objects are placed farther away, so that they never occlude the main object.
        let away = Vector(camera.forward.x, 0, camera.forward.z).normalised, across = away.cross([0, 1, 0])
        for _ in 0..<(1 + random.index(3)) {
            let other = try ToyObject.make(seed: random.next() >> 1, split: split),
                scale = random.uniform(0.4, 0.9)
            for _ in 0..<30 {
                let place = away * random.uniform(0.7, 2.6) + across * random.uniform(-2, 2)
                var candidate = ScenePlacement(
                    standing: other, x: place.x, z: place.z, azimuth: random.uniform(-180, 180), scale: scale)
                candidate.position.y += object.low.y
                let clear = placements.allSatisfy {
                    let gap = ($0.position - candidate.position) * Vector(1, 0, 1)
                    return gap.length > 1.05 * ($0.footprint + candidate.footprint)
                }
                guard clear else { continue }
                placements.append(candidate)
                break
            }
        }
        var backdrop = SceneBackdrop(
            random: &random, stage: random.chance(0.75) ? .room(wall: random.uniform(1.8, 3.6)) : .open)
        backdrop.level = object.low.y
        var canvas = SceneCanvas(width: size, height: size)
        backdrop.paint(&canvas, camera: camera, light: object.light, placements: placements)
        var ids = ToyScene.draw(placements, camera: camera, light: object.light, on: &canvas)
        canvas.blur(Float(size) / 1100)
        let items = ToyScene.items(placements, camera: camera, ids: &ids, width: size, height: size)
        let scene = ToyScene(
            width: size, height: size, image: canvas.bytes, ids: ids, items: items,
            caption: ToyScene.caption(items),
            camera: camera)
        return ToyPhotograph(
            scene: scene, object: object, azimuth: azimuth, elevation: elevation, camera: camera,
            click: scene.innermost(of: 0))
    }
}

extension ToyScene {
    /// The pixel of an item farthest from its outline, by the two-pass chessboard distance transform.
    func innermost(of index: Int) -> (x: Int, y: Int) {
        var distance = ids.map { $0 == UInt8(index + 1) ? Int.max / 2 : 0 }
        func at(_ x: Int, _ y: Int) -> Int {
            x < 0 || y < 0 || x >= width || y >= height ? 0 : distance[y * width + x]
        }
        for y in 0..<height {
            for x in 0..<width where distance[y * width + x] > 0 {
                distance[y * width + x] =
                    1 + min(at(x - 1, y), at(x, y - 1), at(x - 1, y - 1), at(x + 1, y - 1))
            }
        }
        var best = (x: width / 2, y: height / 2), most = 0
        for y in (0..<height).reversed() {
            for x in (0..<width).reversed() where distance[y * width + x] > 0 {
                let d = min(
                    distance[y * width + x],
                    1 + min(at(x + 1, y), at(x, y + 1), at(x + 1, y + 1), at(x - 1, y + 1)))
                distance[y * width + x] = d
                if d > most { (best, most) = ((x, y), d) }
            }
        }
        return best
    }
}

extension ToyPhotograph {
    /// The text of `scene.yaml`: the image, the click, and the parameters that reproduce the ground truth.
    public func sceneFile(arrangement: UInt64) -> String {
        """
        # \(object.caption)
        image: photo.png
        point: [\(click.x), \(click.y)]
        generator:
          kind: toybox
          class: \(object.className)
          seed: \(object.seed)
          split: \(object.split.rawValue)
          arrangement: \(arrangement)
        camera:
          azimuth: \(azimuth)
          elevation: \(elevation)
          distance: \(ToyCamera.standardDistance)
          field_of_view: \(ToyCamera.standardFieldOfView)

        """
    }
}
