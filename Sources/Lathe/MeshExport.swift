// From a field to a closed, coloured mesh.

import Arrays
import Foundation
package import Meshes
package import Radiance

package enum MeshExport {
    /// Densities at which a surface is looked for, per scene unit.
    private static let levels: [Float] = [4, 8, 14, 22, 32, 48]
    /// Pieces smaller than this share of the largest are dropped.
    private static let smallestPiece: Float = 0.05

    /// The surface of a field.
    ///
    /// Of several densities the one is taken whose silhouettes, seen from eight sides, agree best with the field's own.
    /// - Returns: The mesh with normals and colours, and that agreement (mean intersection over union).
    /// - Throws: `LatheError` (`guaranteeFailed`) if no density gives a surface.
    package static func extract(_ field: RadianceField, _ options: MeshOptions) throws -> (Mesh, Double) {
        let cameras = (0..<8).map { Camera(azimuth: 45 * Float($0), elevation: $0 % 2 == 0 ? 5 : 30) }
        let size = 96
        let silhouettes = cameras.map { camera in
            field.render(camera.rays(width: size, height: size)).opacity
        }
        let grid = densities(field, resolution: options.resolution)
        var best: (mesh: Mesh, score: Double)?
        for level in levels {
            let mesh = Mesh(levelSetOf: grid, level: level).keepingComponents(atLeast: smallestPiece)
            guard !mesh.faces.isEmpty else { continue }
            let scores = zip(cameras, silhouettes).map { camera, silhouette in
                let picture = mesh.picture(from: MeshCamera(camera, size: size), width: size, height: size)
                return PictureScores.intersectionOverUnion(
                    NDArray(picture.coverage, shape: [size * size]), silhouette)
            }
            let score = scores.reduce(0, +) / Double(scores.count)
            if score > best?.score ?? -1 { best = (mesh, score) }
        }
        guard let best else {
            throw LatheError(
                .guaranteeFailed,
                "the field holds no surface: it is empty or fog; lift again with another --seed")
        }
        let smooth = best.mesh.smoothed(passes: 4).withComputedNormals()
        return (coloured(smooth, from: field), best.score)
    }

    /// Density at the points of a cube that encloses the field.
    private static func densities(_ field: RadianceField, resolution n: Int) -> ScalarGrid {
        let extent = field.configuration.bound
        let spacing = 2 * extent / Float(n - 1)
        var values = [Float](repeating: 0, count: n * n * n)
        // One slice at a time keeps the points of a large grid from filling the memory.
        for z in 0..<n {
            let points = NDArray(shape: [n * n, 3]) { out in
                for i in 0..<n * n {
                    out[3 * i] = Float(i % n) * spacing - extent
                    out[3 * i + 1] = Float(i / n) * spacing - extent
                    out[3 * i + 2] = Float(z) * spacing - extent
                }
            }
            field.evaluate(points).withUnsafeBuffer { found in
                points.withUnsafeBuffer { points in
                    for i in 0..<n * n {
                        let (x, y, z0) = (points[3 * i], points[3 * i + 1], points[3 * i + 2])
                        // Rays see the sphere only, so nothing outside it was ever learnt.
                        let isSeen =
                            field.configuration.domain == .cube || x * x + y * y + z0 * z0 < extent * extent
                        values[z * n * n + i] = isSeen ? found[4 * i] : 0
                    }
                }
            }
        }
        return ScalarGrid(
            size: SIMD3(repeating: n), origin: SIMD3(repeating: -extent), spacing: SIMD3(repeating: spacing),
            values: values)
    }

    /// Colours as seen from just outside, along the normal: what a picture of the field shows there.
    private static func coloured(_ mesh: Mesh, from field: RadianceField) -> Mesh {
        let height: Float = 0.06
        let rays = NDArray(shape: [mesh.positions.count, 6]) { out in
            for (i, (position, normal)) in zip(mesh.positions, mesh.normals).enumerated() {
                let start = position + height * normal
                for k in 0..<3 {
                    out[6 * i + k] = start[k]
                    out[6 * i + 3 + k] = -normal[k]
                }
            }
        }
        var settings = RenderSettings(samplesAcross: 256)
        settings.near = 0
        let rendering = field.render(RayBatch(rays), settings)
        let direct = field.evaluate(
            NDArray(mesh.positions.flatMap { [$0.x, $0.y, $0.z] }, shape: [mesh.positions.count, 3]))
        var result = mesh
        rendering.outputs.withUnsafeBuffer { seen in
            direct.withUnsafeBuffer { direct in
                result.colors = mesh.positions.indices.map { i in
                    let opacity = seen[9 * i + 3]
                    let colour =
                        opacity > 0.3
                        ? SIMD3(seen[9 * i], seen[9 * i + 1], seen[9 * i + 2]) / opacity
                        : SIMD3(direct[4 * i + 1], direct[4 * i + 2], direct[4 * i + 3])
                    return colour.clamped(lowerBound: .zero, upperBound: .one)
                }
            }
        }
        return result
    }
}

extension MeshCamera {
    /// A field's camera as the rasteriser needs it, for a square picture.
    package init(_ camera: Camera, size: Int) {
        let half = Float(size) / 2
        let focal = half * camera.magnification / tan(camera.fieldOfView * .pi / 360)
        self.init(
            position: camera.position, right: camera.right, up: camera.up, forward: camera.forward,
            focal: focal,
            center: SIMD2(half + camera.principalPoint.x * half, half - camera.principalPoint.y * half))
    }
}

/// A mesh as something to look at: drawn at twice the size and averaged, lit by nothing but its own colours.
package struct MeshView: Viewable {
    let mesh: TexturedMesh

    package init(_ mesh: TexturedMesh) { self.mesh = mesh }

    package func view(from camera: Camera, size: Int, needsNormals: Bool) -> ViewPicture {
        let fine = 2 * size
        let picture = mesh.picture(from: MeshCamera(camera, size: fine), width: fine, height: fine)
        var colour = [Float](repeating: 0, count: size * size * 4)
        var depth = [Float](repeating: 0, count: size * size)
        var normal = [Float](repeating: 0, count: size * size * 3)
        for y in 0..<fine {
            for x in 0..<fine {
                let source = y * fine + x
                guard picture.coverage[source] > 0 else { continue }
                let target = y / 2 * size + x / 2
                for k in 0..<3 {
                    colour[4 * target + k] += picture.color[source][k] / 4
                    normal[3 * target + k] += picture.normal[source][k] / 4
                }
                colour[4 * target + 3] += 0.25
                depth[target] += picture.depth[source] / 4
            }
        }
        return ViewPicture(
            size: size, colour: NDArray(colour, shape: [size, size, 4]),
            depth: NDArray(depth, shape: [size, size]),
            normal: NDArray(normal, shape: [size, size, 3]))
    }
}
