// Baselines for a lift: simple guesses of how an object looks from other sides.

package import Arrays
package import Toybox

/// Renders the ground truth and the baselines: premultiplied RGBA `[size, size, 4]`, in the object's own
/// frame.
package struct Baselines {
    /// The photograph's view of the object: azimuth and elevation in degrees.
    let azimuth: Float
    let elevation: Float
    let size: Int

    /// - Parameters:
    ///   - azimuth: of the photograph, degrees.
    ///   - elevation: of the photograph, degrees.
    ///   - size: side of the pictures in pixels.
    package init(azimuth: Float, elevation: Float, size: Int) {
        self.azimuth = azimuth
        self.elevation = elevation
        self.size = size
    }

    /// The twelve held-out views: azimuths every 30 degrees, elevations 10, 35 and -5 degrees in turn.
    static let views: [(azimuth: Float, elevation: Float)] = (0..<12).map { index in
        (30 * Float(index), [10, 35, -5][index % 3])
    }

    /// The cameras of the held-out views, relative to the photograph's azimuth.
    package var cameras: [ToyCamera] {
        Baselines.views.map { ToyCamera(azimuth: azimuth + $0.azimuth, elevation: $0.elevation) }
    }

    /// The held-out views of an object.
    package func render(_ object: ToyObject) -> [NDArray] {
        cameras.map { Baselines.picture(object, camera: $0, size: size) }
    }

    /// One view of an object, `[size, size, 4]`.
    package static func picture(_ object: ToyObject, camera: ToyCamera, size: Int) -> NDArray {
        NDArray(
            ToyRenderer.render(object, camera: camera, width: size, height: size).colour,
            shape: [size, size, 4])
    }

    /// The photograph's camera, cropped as the lift crops.
    package func framedCamera(of object: ToyObject) -> ToyCamera {
        ToyRenderer.framing(object, camera: ToyCamera(azimuth: azimuth, elevation: elevation))
    }

    // MARK: Baselines

    /// The silhouette extruded along the line of sight to a slab of ± 0.35 scene units in its own colours.
    /// - Parameters:
    ///   - photograph: `[size, size, 4]`.
    ///   - input: its camera.
    /// - Returns: the held-out views.
    package func extruded(_ photograph: NDArray, camera input: ToyCamera) -> [NDArray] {
        let pixels = photograph.scalars
        return cameras.map { camera in
            NDArray(shape: [size, size, 4]) { out in
                nonisolated(unsafe) let out = out
                parallelFor(size, chunk: 4) { rows in
                    for y in rows {
                        for x in 0..<size {
                            var sum = SIMD4<Float>.zero
                            for sample in 0..<4 {
                                let u = (Float(x) + 0.25 + 0.5 * Float(sample % 2)) / Float(size)
                                let v = (Float(y) + 0.25 + 0.5 * Float(sample / 2)) / Float(size)
                                sum += slab(pixels, input, camera, u, v)
                            }
                            for k in 0..<4 { out[(y * size + x) * 4 + k] = sum[k] / 4 }
                        }
                    }
                }
            }
        }
    }

    /// The slab's colour along one ray; zero where the ray misses.
    private func slab(
        _ pixels: [Float], _ input: ToyCamera, _ camera: ToyCamera, _ u: Float, _ v: Float
    ) -> SIMD4<Float> {
        let direction =
            camera.forward + (camera.left + u * camera.width) * camera.right
            + (camera.top - v * camera.height) * camera.up
        let steps = 160
        for step in 0..<steps {
            let distance = ToyCamera.standardDistance - 1 + 2 * (Float(step) + 0.5) / Float(steps)
            let point = camera.position + distance * direction
            guard (point * point).sum() < 1 else { continue }
            let seen = point - input.position
            let depth = (seen * input.forward).sum()
            guard abs(depth - ToyCamera.standardDistance) < 0.35 else { continue }
            let x = ((seen * input.right).sum() / depth - input.left) / input.width * Float(size)
            let y = (input.top - (seen * input.up).sum() / depth) / input.height * Float(size)
            guard x >= 0, y >= 0, x < Float(size), y < Float(size) else { continue }
            let index = (Int(y) * size + Int(x)) * 4
            let opacity = pixels[index + 3]
            guard opacity > 0.5 else { continue }
            return SIMD4(pixels[index], pixels[index + 1], pixels[index + 2], opacity) / opacity
        }
        return .zero
    }

    /// The mean of training objects, per held-out view.
    package func meanObject(of objects: [ToyObject]) -> [NDArray] {
        precondition(!objects.isEmpty, "Baselines.meanObject: no objects")
        var sums = cameras.map { _ in [Float](repeating: 0, count: size * size * 4) }
        for object in objects {
            for (view, picture) in render(object).enumerated() {
                picture.withUnsafeBuffer { pixels in
                    for index in pixels.indices { sums[view][index] += pixels[index] / Float(objects.count) }
                }
            }
        }
        return sums.map { NDArray($0, shape: [size, size, 4]) }
    }

    /// The held-out views of the training object whose framed photograph has the least squared difference.
    package func retrieved(for photograph: NDArray, from objects: [ToyObject]) -> [NDArray] {
        precondition(!objects.isEmpty, "Baselines.retrieved: no objects")
        var distances = [Float](repeating: 0, count: objects.count)
        distances.withUnsafeMutableBufferPointer { distances in
            nonisolated(unsafe) let distances = distances
            parallelFor(objects.count, chunk: 16) { range in
                for index in range {
                    let camera = framedCamera(of: objects[index])
                    let other = Baselines.picture(objects[index], camera: camera, size: size)
                    distances[index] = photograph.withUnsafeBuffer { a in
                        other.withUnsafeBuffer { b in
                            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                        }
                    }
                }
            }
        }
        let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
        return render(objects[nearest])
    }
}
