// The `captions` data: one object per image, on plain white or grey, before clutter, or in named surroundings.

import Arrays
package import Checkpoints

package enum CaptionSamples {
    package static let size = 128

    /// Images `range` of the sequence of `seed`.
    package static func shard(_ range: Range<Int>, seed: UInt64, split: ToySplit) throws -> (
        tensors: [SafetensorsWriter.Tensor], metadata: [String: String]
    ) {
        let samples = Shards.parallel(range.count) { i in
            try? sample(seed: seed &+ UInt64(range.lowerBound + i), split: split)
        }
        let n = range.count
        var images = [UInt8](), masks = [UInt8](), classes = [UInt8](), azimuths = [Float](),
            captions: [Any] = [], surroundings: [Any] = []
        images.reserveCapacity(n * size * size * 3)
        for (i, sample) in samples.enumerated() {
            guard let sample else {
                throw ToyError("picture \(range.lowerBound + i) of seed \(seed) could not be made")
            }
            images += sample.image
            masks += sample.mask
            classes.append(UInt8(sample.object.classIndex))
            azimuths.append(sample.azimuth)
            captions.append(sample.object.caption)
            surroundings.append(sample.surroundings)
        }
        return (
            [
                // Degrees from the front, for captions that name the view.
                .init("azimuth", NDArray(azimuths, shape: [n])),
                .init("class", bytes: classes, shape: [n]),
                .init("image", bytes: images, shape: [n, size, size, 3]),
                .init("mask", bytes: masks, shape: [n, size, size]),
            ],
            try Shards.metadata(captions: captions, surroundings: surroundings)
        )
    }

    package struct Sample: Sendable {
        package let object: ToyObject
        /// [side, side, 3] bytes.
        package let image: [UInt8]
        /// [side, side]: coverage of the object.
        package let mask: [UInt8]
        /// Degrees from the front.
        let azimuth: Float
        /// For example "on grass under a blue sky"; empty if the surroundings have no name.
        package let surroundings: String
    }

    /// One object with a wide margin.
    package static func sample(seed: UInt64, split: ToySplit, side: Int = size) throws -> Sample {
        let object = try ToyObject.make(seed: seed, split: split)
        var random = ToyRandom(seed: seed, split: split, stream: 300)
        let azimuth = random.chance(0.75) ? 40 * random.normal() : random.uniform(-180, 180)
        var elevation = random.uniform(-5, 40), words = ""
        let kind = random.unit(), named = kind > 0.55 ? ToySurroundings(random: &random) : nil
        if let named {
            words = named.words
            elevation = random.uniform(named.elevations.lowerBound, named.elevations.upperBound)
        }
        var camera = ToyCamera(azimuth: azimuth, elevation: elevation)
        camera = ToyRenderer.framing(object, camera: camera, fraction: random.uniform(0.5, 0.92))
        var canvas = SceneCanvas(width: side, height: side)
        let plain = kind < 0.35
        if plain {
            let tone: Float = random.chance(0.5) ? random.uniform(0.94, 1) : random.uniform(0.3, 0.94)
            canvas.pixels = [Vector](repeating: Vector(repeating: tone), count: side * side)
        } else {
            var backdrop =
                named?.backdrop
                ?? SceneBackdrop(
                    random: &random,
                    stage: random.chance(0.3)
                        ? .flat : random.chance(0.75) ? .room(wall: random.uniform(1.2, 3)) : .open)
            backdrop.level = object.low.y
            let placement = ScenePlacement(object: object, rotation: .identity, scale: 1, position: .zero)
            backdrop.paint(&canvas, camera: camera, light: object.light, placements: [placement])
            if named == nil, random.chance(0.5) { SceneClutter.paint(&canvas, &random) }
        }
        let picture = ToyRenderer.render(object, camera: camera, width: side, height: side)
        var mask = [UInt8](repeating: 0, count: side * side)
        for i in 0..<(side * side) {
            let alpha = picture.colour[i * 4 + 3]
            let c = Vector(picture.colour[i * 4], picture.colour[i * 4 + 1], picture.colour[i * 4 + 2])
            canvas.pixels[i] = c + canvas.pixels[i] * (1 - alpha)
            mask[i] = UInt8(alpha * 255 + 0.5)
        }
        if !plain { canvas.photograph(&random, strength: random.uniform(0, named == nil ? 0.8 : 0.4)) }
        return Sample(
            object: object, image: canvas.bytes, mask: mask, azimuth: azimuth, surroundings: words)
    }
}
