// Bakes the colours of a field onto a surface.

import Arrays
package import Meshes
package import Radiance

/// Colours of surface points, projected from rendered views of the field.
///
/// The field's radiance exactly at the surface differs from what a camera sees, since rays accumulate colour
/// in front of and behind the isosurface. A point therefore takes the weighted mean of the views in which it
/// is not occluded, weighted by the eighth power of the cosine of the viewing angle. Where the photograph of a
/// lift shows the point, its colour is blended in.
package struct TextureBaking {
    private struct View {
        let camera: MeshCamera
        /// `[size, size, 4]`, premultiplied.
        let colour: NDArray
        /// Depth of the mesh along the viewing axis; 0 where the mesh is not.
        let depth: [Float]
    }

    private let field: RadianceField
    private let views: [View]
    private let size: Int
    private let photograph: PhotographProjection?
    /// Side of the photograph, pixels.
    private let photographSide: Int
    /// Depth bias of the occlusion test, scene units.
    private static let tolerance: Float = 0.03
    /// Least cosine between normal and viewing direction.
    private static let grazing: Float = 0.15

    /// Renders the views.
    /// - Parameters:
    ///   - field: the source of the colours.
    ///   - photograph: a better source, where it shows the surface.
    ///   - mesh: for occlusion.
    ///   - size: side of the views in pixels.
    package init(field: RadianceField, photograph: PlacedPhotograph?, mesh: Mesh, size: Int) {
        let cameras =
            (0..<12).map { Camera(azimuth: 30 * Float($0), elevation: 12) }
            + (0..<4).map { Camera(azimuth: 90 * Float($0), elevation: 50) }
            + (0..<4).map { Camera(azimuth: 90 * Float($0) + 45, elevation: -35) }
            + [Camera(azimuth: 0, elevation: 85)]
        self.field = field
        self.size = size
        self.photograph = photograph.map {
            PhotographProjection($0, onto: DistanceMap(of: mesh, from: $0.camera, size: 256))
        }
        photographSide = photograph?.side ?? 0
        views = cameras.map { camera in
            let drawn = MeshCamera(camera, size: size)
            return View(
                camera: drawn, colour: field.view(from: camera, size: size, needsNormals: false).colour,
                depth: mesh.picture(from: drawn, width: size, height: size).depth)
        }
    }

    /// Colours of surface points.
    /// - Parameters:
    ///   - positions: on the surface, scene units.
    ///   - normals: of unit length.
    /// - Returns: sRGB, 0 … 1.
    package func colours(at positions: [SIMD3<Float>], _ normals: [SIMD3<Float>]) -> [SIMD3<Float>] {
        var found = [SIMD4<Float>](repeating: .zero, count: positions.count)
        for view in views {
            view.colour.withUnsafeBuffer { picture in
                found.withUnsafeMutableBufferPointer { found in
                    nonisolated(unsafe) let (out, picture) = (found, picture)
                    parallelFor(positions.count, chunk: 4096) { range in
                        for i in range {
                            out[i] += seen(positions[i], normals[i], by: view, picture)
                        }
                    }
                }
            }
        }
        let hidden = found.indices.filter { found[$0].w < 1e-4 }
        let direct = alongNormals(hidden.map { positions[$0] }, hidden.map { normals[$0] })
        var colours = found.map { SIMD3($0.x, $0.y, $0.z) / max($0.w, 1e-4) }
        for (place, colour) in zip(hidden, direct) { colours[place] = colour }
        if let photograph {
            colours.withUnsafeMutableBufferPointer { colours in
                nonisolated(unsafe) let out = colours
                parallelFor(positions.count, chunk: 4096) { range in
                    for i in range {
                        let (seen, weight) = photograph.sample(
                            positions[i], normal: normals[i], size: photographSide)
                        out[i] += weight * (seen - out[i])
                    }
                }
            }
        }
        return colours.map { $0.clamped(lowerBound: .zero, upperBound: .one) }
    }

    /// The colour in one view times its weight, and the weight; zeros if the view does not show the point.
    private func seen(
        _ position: SIMD3<Float>, _ normal: SIMD3<Float>, by view: View,
        _ picture: UnsafeBufferPointer<Float>
    ) -> SIMD4<Float> {
        let offset = position - view.camera.position
        let distance = (offset * offset).sum().squareRoot()
        let cosine = -(normal * offset).sum() / distance
        let place = view.camera.projected(position)
        guard cosine > TextureBaking.grazing, place.z > 1e-3 else { return .zero }
        guard let pixels = Bilinear(x: place.x, y: place.y, side: size) else { return .zero }
        let depth = view.depth[Int((place.y - 0.5).rounded()) * size + Int((place.x - 0.5).rounded())]
        guard depth > 0, place.z - depth < TextureBaking.tolerance else { return .zero }
        let colour = pixels.value { index in
            SIMD4(
                picture[4 * index], picture[4 * index + 1], picture[4 * index + 2], picture[4 * index + 3])
        }
        guard colour.w > 0.5 else { return .zero }
        let squared = cosine * cosine
        let weight = squared * squared * squared * squared
        return SIMD4(colour.x, colour.y, colour.z, colour.w) * (weight / colour.w)
    }

    /// Colours along short rays against the normal, for points that no view shows.
    private func alongNormals(_ positions: [SIMD3<Float>], _ normals: [SIMD3<Float>]) -> [SIMD3<Float>] {
        guard !positions.isEmpty else { return [] }
        let height: Float = 0.06
        let rays = NDArray(shape: [positions.count, 6]) { out in
            for (i, (position, normal)) in zip(positions, normals).enumerated() {
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
            NDArray(positions.flatMap { [$0.x, $0.y, $0.z] }, shape: [positions.count, 3]))
        return rendering.outputs.withUnsafeBuffer { seen in
            direct.withUnsafeBuffer { direct in
                positions.indices.map { i in
                    let red = i * RayOutput.count + RayOutput.red
                    let opacity = seen[i * RayOutput.count + RayOutput.opacity]
                    return opacity > 0.3
                        ? SIMD3(seen[red], seen[red + 1], seen[red + 2]) / opacity
                        : SIMD3(direct[4 * i + 1], direct[4 * i + 2], direct[4 * i + 3])
                }
            }
        }
    }
}
