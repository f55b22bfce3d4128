// A vertical plane of mirror symmetry through the origin.

import Foundation

/// A vertical plane through the origin, by its azimuth.
///
/// The plane at azimuth 0 contains the viewing direction of a camera at azimuth 0 and exchanges left and right; the one
/// at azimuth 90 exchanges front and back.
public struct MirrorPlane: Sendable, Codable, Hashable {
    /// Degrees, -90 to 90; as of `Camera`.
    public var azimuth: Float

    /// See the property.
    public init(azimuth: Float) { self.azimuth = azimuth }

    /// Whether the plane is seen from aside at azimuth 0, so that a picture and its mirror image show different sides.
    public var showsOtherSide: Bool { abs(azimuth) > 7.5 }

    /// The mirror image of a direction, or of a point in world units.
    public func reflected(_ vector: SIMD3<Float>) -> SIMD3<Float> {
        let angle = azimuth * .pi / 180
        let normal = SIMD3<Float>(cos(angle), 0, -sin(angle))
        return vector - 2 * (vector * normal).sum() * normal
    }
}

extension Camera {
    /// The mirror image of the camera: of a symmetric object its pictures are this camera's, mirrored left to right.
    public func reflected(in plane: MirrorPlane) -> Camera {
        var result = self
        result.position = plane.reflected(position)
        // Reflection turns a right-handed frame into a left-handed one; the picture's mirroring turns it back.
        result.right = -plane.reflected(right)
        result.up = plane.reflected(up)
        result.forward = plane.reflected(forward)
        result.principalPoint.x = -principalPoint.x
        return result
    }
}
