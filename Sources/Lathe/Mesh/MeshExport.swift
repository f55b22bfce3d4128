// Extracts a closed mesh from a field, with a texture or vertex colours.

import Arrays
import Compositing
import Foundation
import Images
package import Meshes
package import Radiance

/// Extraction of meshes from fields.
package enum MeshExport {
    /// Candidate densities of the isosurface, per scene unit.
    private static let levels: [Float] = [4, 8, 14, 22, 32, 48]
    /// Connected components smaller than this share of the largest are dropped.
    private static let smallestPiece: Float = 0.05

    /// Extracts and colours the surface of a field.
    ///
    /// The isosurface whose silhouettes from eight sides have the highest mean IoU with the field's own.
    /// - Parameters:
    ///   - field: the field.
    ///   - photograph: whose colours the surface takes where it shows it; nil takes the field's everywhere.
    ///   - options: resolution, number of faces, texture.
    /// - Returns: the mesh with normals and colours, and that mean IoU.
    /// - Throws: `LatheError` (`guaranteeFailed`) if no density gives a surface.
    package static func extract(
        _ field: RadianceField, photograph: PlacedPhotograph?, _ options: MeshOptions
    ) throws -> (TexturedMesh, Double) {
        var (mesh, overlap) = try surface(of: field, resolution: options.resolution)
        if let faces = options.faces, faces < mesh.faces.count { mesh = mesh.decimated(toFaces: faces) }
        let paint = TextureBaking(
            field: field, photograph: photograph, mesh: mesh,
            size: options.texture == 0 ? 256 : max(128, min(512, options.texture / 3)))
        guard options.texture > 0 else {
            return (TexturedMesh(mesh: mesh.painted(by: paint.colours)), overlap)
        }
        // Two faces share a square of the texture of at least 4 texels, so a fine mesh needs a larger
        // texture.
        let squaresAcross = Int(Double((mesh.faces.count + 1) / 2).squareRoot().rounded(.up))
        return (mesh.baked(textureSide: max(options.texture, 4 * squaresAcross), by: paint.colours), overlap)
    }

    private static func surface(of field: RadianceField, resolution: Int) throws -> (Mesh, Double) {
        let cameras = (0..<8).map { Camera(azimuth: 45 * Float($0), elevation: $0 % 2 == 0 ? 5 : 30) }
        let size = 96
        let silhouettes = cameras.map { camera in
            field.render(camera.rays(width: size, height: size)).opacity
        }
        let grid = densities(field, resolution: resolution)
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
                "the field holds no surface: it is empty or fog; lift again with another \(.seed)")
        }
        return (best.mesh.smoothed(passes: 4).withComputedNormals(), best.score)
    }

    /// Densities on a grid over the field's bounding cube.
    private static func densities(_ field: RadianceField, resolution n: Int) -> ScalarGrid {
        let extent = field.configuration.bound
        let spacing = 2 * extent / Float(n - 1)
        var values = [Float](repeating: 0, count: n * n * n)
        // Slice by slice, to bound the memory.
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
                        // Outside the sphere no ray has trained the field.
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
}
