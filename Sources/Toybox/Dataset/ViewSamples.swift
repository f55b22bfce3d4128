// The `views` data: one framed input image and eight posed views per sample.

import Arrays
package import Checkpoints

/// Samples for a joint multi-view prior.
package enum ViewSamples {
    package static let inputSize = 64
    package static let viewSize = 48
    package static let viewCount = 8

    /// Azimuth relative to the input, and elevation, of view `k`.
    package static func pose(ofView k: Int) -> (azimuth: Float, elevation: Float) {
        (45 * Float(k), k % 2 == 0 ? 5 : 30)
    }

    /// Samples `range` of the sequence of `seed`: two consecutive samples show the same object from different inputs.
    package static func shard(_ range: Range<Int>, seed: UInt64, split: ToySplit) throws -> (
        tensors: [SafetensorsWriter.Tensor], metadata: [String: String]
    ) {
        let first = range.lowerBound, n = range.count, inputBytes = inputSize * inputSize * 4,
            viewBytes = viewCount * viewSize * viewSize * 4
        let objects = try Shards.objects(
            numbered: (first / 2)..<((range.upperBound + 1) / 2), seed: seed, split: split,
            compositions: split == .train ? ToyClass.compositionShareOfViews : ToyClass.compositionShare)
        var inputs = [UInt8](repeating: 0, count: n * inputBytes),
            views = [UInt8](repeating: 0, count: n * viewBytes)
        var poses = [Float](repeating: 0, count: n * 2), windows = [Float](repeating: 0, count: n * 3),
            classes = [UInt8](repeating: 0, count: n)
        for i in 0..<n {
            let object = objects[(first + i) / 2 - first / 2]
            var random = ToyRandom(seed: seed &+ UInt64(first + i), split: split, stream: 100)
            poses[2 * i] = random.chance(0.75) ? 40 * random.normal() : random.uniform(-180, 180)
            poses[2 * i + 1] = random.uniform(-5, 32)
            classes[i] = UInt8(object.classIndex)
        }
        inputs.withUnsafeMutableBufferPointer { inputs in
            views.withUnsafeMutableBufferPointer { views in
                windows.withUnsafeMutableBufferPointer { windows in
                    nonisolated(unsafe) let inputs = inputs.baseAddress, views = views.baseAddress
                    nonisolated(unsafe) let windows = windows
                    let poses = poses
                    parallelFor(n, chunk: 1) { range in
                        guard let inputs, let views else { return }
                        let i = range.lowerBound
                        let object = objects[(first + i) / 2 - first / 2]
                        let azimuth = poses[2 * i], elevation = poses[2 * i + 1]
                        let whole = ToyCamera(azimuth: azimuth, elevation: elevation)
                        let camera = ToyRenderer.framing(object, camera: whole)
                        let window = camera.window(in: whole)
                        windows[3 * i] = window.principalPoint.x
                        windows[3 * i + 1] = window.principalPoint.y
                        windows[3 * i + 2] = window.magnification
                        ToyRenderer.renderBytes(
                            object, camera: camera, size: inputSize, into: inputs + i * inputBytes)
                        for k in 0..<viewCount {
                            let view = pose(ofView: k)
                            ToyRenderer.renderBytes(
                                object,
                                camera: ToyCamera(
                                    azimuth: azimuth + view.azimuth, elevation: view.elevation),
                                size: viewSize, into: views + i * viewBytes + k * viewSize * viewSize * 4)
                        }
                    }
                }
            }
        }
        let captions = (0..<n).map { objects[(range.lowerBound + $0) / 2 - first / 2].caption }
        return (
            [
                .init("class", bytes: classes, shape: [n]), .init("pose", NDArray(poses, shape: [n, 2])),
                .init("window", NDArray(windows, shape: [n, 3])),
                .init("input", bytes: inputs, shape: [n, inputSize, inputSize, 4]),
                .init("views", bytes: views, shape: [n, viewCount, viewSize, viewSize, 4]),
            ],
            try Shards.metadata(captions: captions)
        )
    }
}
