// Converts a field's camera to the rasteriser's.

import Foundation
package import Meshes
package import Radiance

extension MeshCamera {
    /// The same camera for the rasteriser.
    /// - Parameters:
    ///   - camera: of a field.
    ///   - size: side of the square picture, pixels.
    package init(_ camera: Camera, size: Int) {
        let half = Float(size) / 2
        let focal = half * camera.magnification / tan(camera.fieldOfView * .pi / 360)
        self.init(
            position: camera.position, right: camera.right, up: camera.up, forward: camera.forward,
            focal: focal,
            center: SIMD2(half + camera.principalPoint.x * half, half - camera.principalPoint.y * half))
    }
}
