// Renders a mesh for films.

import Arrays
package import Meshes
package import Radiance

/// A mesh rendered with 2 x 2 supersampling, unlit.
package struct MeshView: Viewable {
    let mesh: TexturedMesh

    /// A view of `mesh`.
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
