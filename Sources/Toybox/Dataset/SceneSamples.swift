// The `scenes` data: images of several objects with visible ids and boxes, for training a segmenter.

package import Checkpoints

package enum SceneSamples {
    package static let size = 256

    /// Scenes `range` of the sequence of `seed`.
    package static func shard(_ range: Range<Int>, seed: UInt64, split: ToySplit) throws -> (
        tensors: [SafetensorsWriter.Tensor], metadata: [String: String]
    ) {
        let scenes = Shards.parallel(range.count) { i in
            // Scenes select their objects by seed only, so this cannot throw.
            try? ToyScene.make(
                seed: seed &+ UInt64(range.lowerBound + i), split: split, width: size, height: size)
        }
        let n = range.count, most = ToyScene.mostObjects, pixels = size * size
        var images = [UInt8](), ids = [UInt8](), boxes = [Int32](repeating: 0, count: n * most * 4)
        var counts = [UInt8](repeating: 0, count: n), captions: [Any] = []
        images.reserveCapacity(n * pixels * 3)
        ids.reserveCapacity(n * pixels)
        for (i, scene) in scenes.enumerated() {
            guard let scene else {
                throw ToyError("scene \(range.lowerBound + i) of seed \(seed) could not be made")
            }
            images += scene.image
            ids += scene.ids
            counts[i] = UInt8(scene.items.count)
            for (k, item) in scene.items.enumerated() {
                let corners = [item.box.x0, item.box.y0, item.box.x1, item.box.y1]
                for c in 0..<4 { boxes[(i * most + k) * 4 + c] = Int32(corners[c]) }
            }
            captions.append(
                ["objects": scene.items.map(\.object.caption), "scene": scene.caption] as [String: Any])
        }
        return (
            [
                .init("boxes", integers: boxes, shape: [n, most, 4]),
                .init("count", bytes: counts, shape: [n]),
                .init("ids", bytes: ids, shape: [n, size, size]),
                .init("image", bytes: images, shape: [n, size, size, 3]),
            ],
            try Shards.metadata(captions: captions)
        )
    }
}
