// The `pictures` data: unlabelled images of all kinds, for training an inpainter.

package import Checkpoints

package enum PictureSamples {
    package static let size = 256

    /// Images `range` of the sequence of `seed`.
    package static func shard(_ range: Range<Int>, seed: UInt64, split: ToySplit) throws -> (
        tensors: [SafetensorsWriter.Tensor], metadata: [String: String]
    ) {
        let pictures = Shards.parallel(range.count) { i in
            try? picture(seed: seed &+ UInt64(range.lowerBound + i), split: split)
        }
        var images = [UInt8]()
        images.reserveCapacity(range.count * size * size * 3)
        for (i, picture) in pictures.enumerated() {
            guard let picture else {
                throw ToyError("picture \(range.lowerBound + i) of seed \(seed) could not be made")
            }
            images += picture
        }
        return ([.init("image", bytes: images, shape: [range.count, size, size, 3])], [:])
    }

    /// [size, size, 3] bytes: toys in a room, an empty room or landscape, dead leaves, or mixtures of them.
    static func picture(seed: UInt64, split: ToySplit) throws -> [UInt8] {
        var random = ToyRandom(seed: seed, split: split, stream: 500)
        if random.chance(0.3) {
            return try ToyScene.make(seed: random.next() >> 1, split: split, width: size, height: size).image
        }
        var canvas = SceneCanvas(width: size, height: size)
        if random.chance(0.45) {
            emptyView(&canvas, &random)
            if random.chance(0.6) { DeadLeaves.paint(&canvas, &random, coverage: random.uniform(0.02, 0.5)) }
        } else {
            DeadLeaves.paint(&canvas, &random, coverage: random.uniform(1.5, 4))
        }
        canvas.photograph(&random, strength: random.uniform(0, 0.6))
        return canvas.bytes
    }

    /// A ground with a wall or a sky, or a flat surface, from a random viewpoint.
    private static func emptyView(_ canvas: inout SceneCanvas, _ random: inout ToyRandom) {
        let stage: SceneBackdrop.Stage =
            random.chance(0.35) ? .flat : random.chance(0.6) ? .room(wall: random.uniform(0.8, 4.5)) : .open
        let backdrop = SceneBackdrop(random: &random, stage: stage)
        var camera = ToyCamera(
            azimuth: random.uniform(-180, 180), elevation: random.uniform(2, 50),
            distance: random.uniform(1.5, 5), fieldOfView: random.uniform(25, 70))
        if random.chance(0.4) { camera.roll(random.uniform(-20, 20)) }
        backdrop.paint(&canvas, camera: camera, light: ToyLight(random: &random), placements: [])
        if random.chance(0.4) { SceneClutter.paint(&canvas, &random) }
    }
}
