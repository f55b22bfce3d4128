// The `views` data from meshes: one framed picture as a user might take it, and eight posed views, plain and lit.

import Arrays
package import Checkpoints
package import Toybox

/// Samples for a joint multi-view prior from real objects.
package struct MeshViewSamples: Sendable {
    package let variation: MeshVariation
    package let panoramas: [Panorama]
    /// Side of the input picture and of a view, pixels.
    package let inputSize: Int
    package let viewSize: Int

    package init(variation: MeshVariation, panoramas: [Panorama], inputSize: Int = 64, viewSize: Int = 48) {
        precondition(inputSize > 0 && viewSize > 0, "MeshViewSamples: sides \(inputSize), \(viewSize)")
        self.variation = variation
        self.panoramas = panoramas
        self.inputSize = inputSize
        self.viewSize = viewSize
    }

    /// One sample.
    struct Sample: Sendable {
        var words = ""
        /// Degrees: azimuth, elevation; field of view, roll.
        var pose = SIMD2<Float>.zero, lens = SIMD2<Float>.zero
        /// As `ToyCamera.window(in:)`.
        var window = SIMD3<Float>.zero
        var isLit = false
        var input: [UInt8] = []
        /// As the picture shows the object: lit where it is lit.
        var views: [UInt8] = []
        /// The surface's own colours.
        var plain: [UInt8] = []
    }

    /// Samples `range` of the stream of `seed` as tensors and metadata of one shard.
    ///
    /// `input` [n, S, S, 4], `views` and `plain` [n, 8, V, V, 4]: premultiplied sRGB bytes. `pose` [n, 2]: azimuth and
    /// elevation, degrees; `lens` [n, 2]: field of view and roll, degrees; `window` [n, 3] as
    /// `ToyCamera.window(in:)`; `lit` [n]; `class` [n]: 127, no class of the toy world.
    /// - Throws: `MeshError` when a file cannot be read.
    package func shard(_ range: Range<Int>, seed: UInt64, split: ToySplit) throws -> (
        tensors: [SafetensorsWriter.Tensor], metadata: [String: String]
    ) {
        let results = Shards.parallel(range.count) { i in
            Result { try sample(seed: seed &+ UInt64(range.lowerBound + i), split: split) }
        }
        let samples = try results.map { result in
            guard let result else { throw DatasetError("a sample could not be made") }
            return try result.get()
        }
        let n = samples.count
        let views = [n, ViewSamples.viewCount, viewSize, viewSize, 4]
        return (
            [
                .init("class", bytes: [UInt8](repeating: 127, count: n), shape: [n]),
                .init("lens", NDArray(samples.flatMap { [$0.lens.x, $0.lens.y] }, shape: [n, 2])),
                .init("lit", bytes: samples.map { $0.isLit ? 1 : 0 }, shape: [n]),
                .init("pose", NDArray(samples.flatMap { [$0.pose.x, $0.pose.y] }, shape: [n, 2])),
                .init(
                    "window",
                    NDArray(samples.flatMap { [$0.window.x, $0.window.y, $0.window.z] }, shape: [n, 3])),
                .init("input", bytes: samples.flatMap(\.input), shape: [n, inputSize, inputSize, 4]),
                .init("plain", bytes: samples.flatMap(\.plain), shape: views),
                .init("views", bytes: samples.flatMap(\.views), shape: views),
            ],
            try Shards.metadata(captions: samples.map(\.words))
        )
    }

    /// Draws an object, a light and a camera until the object can be seen.
    /// - Throws: `DatasetError` if none of many can; `MeshError` when a file cannot be read.
    func sample(seed: UInt64, split: ToySplit) throws -> Sample {
        var random = ToyRandom(seed: seed, split: split, stream: 700)
        for _ in 0..<Self.attempts {
            let (surface, entry) = try variation.draw(&random)
            guard var sample = picture(surface, &random) else { continue }
            sample.words = variation.library.entries[entry].words
            return sample
        }
        throw DatasetError(
            "none of \(Self.attempts) objects drawn from the meshes can be seen: their surfaces have no area, or are too thin"
        )
    }

    /// Thin objects seen edge on are drawn again; so many in a row mean that the meshes hold no surface.
    private static let attempts = 500

    private func picture(_ surface: SurfaceMesh, _ random: inout ToyRandom) -> Sample? {
        var sample = Sample()
        let azimuth = random.chance(0.75) ? 40 * random.normal() : random.uniform(-180, 180)
        let elevation = random.chance(0.7) ? random.uniform(-5, 35) : random.uniform(-15, 60)
        let field =
            random.chance(0.3)
            ? ToyCamera.standardFieldOfView : 20 * ToyMath.exp(random.uniform(0, ToyMath.log(65 / 20)))
        let roll = random.chance(0.5) ? random.uniform(-6, 6) : 0
        // As far away as shows the bounding sphere as large as the standard camera does.
        let half = ToyMath.radians(ToyCamera.standardFieldOfView / 2)
        let distance =
            ToyCamera.standardDistance * ToyMath.sin(half) / ToyMath.sin(ToyMath.radians(field / 2))
        var whole = ToyCamera(azimuth: azimuth, elevation: elevation, distance: distance, fieldOfView: field)
        whole.roll(roll)
        let finder = ViewRenderer(side: 96, samples: 1)
        guard var box = finder.silhouette(surface, whole) else { return nil }
        var visible: (low: SIMD2<Float>, high: SIMD2<Float>)?
        if random.chance(0.07) {
            // The photograph's edge cuts off part of one side.
            let part = (box.high - box.low) * random.uniform(0.05, 0.35)
            switch random.index(4) {
            case 0: box.low.x += part.x
            case 1: box.high.x -= part.x
            case 2: box.low.y += part.y
            default: box.high.y -= part.y
            }
            visible = box
        }
        let centre = (box.low + box.high) / 2
        let extent = box.high - box.low
        guard extent.min() > 0.02 * whole.width else { return nil }
        let camera = whole.windowed(u: centre.x, v: centre.y, side: extent.max() * 64 / 46)
        let window = camera.window(in: whole)
        sample.window = SIMD3(window.principalPoint, window.magnification)
        sample.pose = SIMD2(azimuth, elevation)
        sample.lens = SIMD2(field, roll)
        sample.isLit = random.chance(0.75)
        let shader = SurfaceShader(
            surface, light: sample.isLit ? LightProbe(&random, panoramas: panoramas) : nil)

        sample.input = [UInt8](repeating: 0, count: inputSize * inputSize * 4)
        let eye = ViewRenderer(side: inputSize, samples: 3)
        sample.input.withUnsafeMutableBufferPointer {
            eye.render(
                shader, camera: camera, highlight: true, visible: visible, plain: nil, lit: $0.baseAddress)
        }
        let bytes = viewSize * viewSize * 4
        sample.views = [UInt8](repeating: 0, count: ViewSamples.viewCount * bytes)
        sample.plain = sample.views
        let viewer = ViewRenderer(side: viewSize, samples: 3)
        sample.views.withUnsafeMutableBufferPointer { views in
            sample.plain.withUnsafeMutableBufferPointer { plain in
                for k in 0..<ViewSamples.viewCount {
                    let pose = ViewSamples.pose(ofView: k)
                    viewer.render(
                        shader, camera: ToyCamera(azimuth: azimuth + pose.azimuth, elevation: pose.elevation),
                        highlight: false, plain: plain.baseAddress.map { $0 + k * bytes },
                        lit: views.baseAddress.map { $0 + k * bytes })
                }
            }
        }
        return sample
    }
}
