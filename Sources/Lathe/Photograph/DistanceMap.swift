// Distances of a surface from a camera, per pixel.

import Arrays
import Foundation
package import Meshes
package import Radiance

/// How far a surface is from a camera along each pixel's ray.
package struct DistanceMap: Sendable {
    let camera: Camera
    /// Side of the square map, pixels.
    let size: Int
    /// From the camera's position, scene units, row by row; 0 where there is no surface.
    package let distances: [Float]

    /// Of a field: the opacity-weighted mean distance, where the opacity is above one half.
    package init(of field: RadianceField, from camera: Camera, size: Int) {
        let rendering = field.render(
            camera.rays(width: size, height: size), RenderSettings(samplesAcross: 192))
        let (opacities, depths) = (rendering.opacity.scalars, rendering.depth.scalars)
        self.camera = camera
        self.size = size
        distances = zip(depths, opacities).map { depth, opacity in opacity > 0.5 ? depth / opacity : 0 }
    }

    /// Of a mesh.
    package init(of mesh: Mesh, from camera: Camera, size: Int) {
        let depths = mesh.picture(from: MeshCamera(camera, size: size), width: size, height: size).depth
        self.camera = camera
        self.size = size
        distances = depths.enumerated().map { index, depth in
            // From along the viewing axis to along the ray.
            let (_, ray) = camera.ray(
                x: Float(index % size) + 0.5, y: Float(index / size) + 0.5, width: size, height: size)
            return depth / (ray * camera.forward).sum()
        }
    }

    /// The surface point of a pixel; nil where there is none.
    func point(_ x: Int, _ y: Int) -> SIMD3<Float>? {
        guard x >= 0, y >= 0, x < size, y < size else { return nil }
        let distance = distances[y * size + x]
        guard distance > 0 else { return nil }
        let (origin, ray) = camera.ray(x: Float(x) + 0.5, y: Float(y) + 0.5, width: size, height: size)
        return origin + distance * ray
    }

    /// Cosine between the surface's normal and the direction to the camera, from central differences; 0 at the rim
    /// of the surface.
    package func cosine(_ x: Int, _ y: Int) -> Float {
        guard let left = point(x - 1, y), let right = point(x + 1, y), let above = point(x, y - 1),
            let below = point(x, y + 1), let here = point(x, y)
        else { return 0 }
        let (a, b) = (right - left, above - below)
        let normal = SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        let ray = camera.position - here
        let lengths = ((normal * normal).sum() * (ray * ray).sum()).squareRoot()
        return lengths > 0 ? max(0, (normal * ray).sum() / lengths) : 0
    }
}
