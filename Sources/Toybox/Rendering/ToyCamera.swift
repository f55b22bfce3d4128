// The camera of the toy world: an orbit about the origin, and a window on the image plane at unit distance.

/// A pinhole camera.
///
/// The window is the part of the plane at distance 1 that the image shows, so that crops and zooms are exact renders.
public struct ToyCamera: Sendable, Equatable {
    package var position: Vector
    package var right: Vector
    package var up: Vector
    package var forward: Vector
    /// Left edge and top edge (v grows upward) and size of the window at unit distance.
    package var left: Float
    package var top: Float
    package var width: Float
    package var height: Float

    public static let standardDistance: Float = 2.7
    public static let standardFieldOfView: Float = 45

    /// A camera that looks at the origin.
    ///
    /// Azimuth 0 is the front (+z), increasing counter-clockwise seen from above; elevation increases upwards;
    /// degrees. `fieldOfView` is that of the image's height; `aspect` is width over height.
    public init(
        azimuth: Float, elevation: Float, distance: Float = standardDistance,
        fieldOfView: Float = standardFieldOfView,
        aspect: Float = 1
    ) {
        let a = ToyMath.radians(azimuth), e = ToyMath.radians(elevation)
        let outward = Vector(ToyMath.sin(a) * ToyMath.cos(e), ToyMath.sin(e), ToyMath.cos(a) * ToyMath.cos(e))
        let half = ToyMath.tan(ToyMath.radians(fieldOfView / 2))
        forward = -outward
        right = Vector(ToyMath.cos(a), 0, -ToyMath.sin(a))
        up = right.cross(forward)
        position = outward * distance
        left = -half * aspect
        top = half
        width = 2 * half * aspect
        height = 2 * half
    }

    /// The same viewpoint with the square window of `side` about (u, v).
    package func windowed(u: Float, v: Float, side: Float) -> ToyCamera {
        var camera = self
        (camera.left, camera.top, camera.width, camera.height) = (u - side / 2, v + side / 2, side, side)
        return camera
    }

    /// The position of this camera's square window in that of `whole`, a camera with the same viewpoint that looks at
    /// the origin.
    ///
    /// - Returns: where the centre of `whole` is in this image, in half image heights from its centre, y up, and the
    ///   magnification relative to it: `Camera.principalPoint` and `Camera.magnification` of a radiance field.
    package func window(in whole: ToyCamera) -> (principalPoint: SIMD2<Float>, magnification: Float) {
        let centre = SIMD2(left + width / 2, top - height / 2)
        return (centre * (-2 / height), whole.height / height)
    }

    /// The part of the window that covers pixels `x`, `y` of an image of `size` (width, height).
    package func cropped(x: Range<Int>, y: Range<Int>, of size: (width: Int, height: Int)) -> ToyCamera {
        var camera = self
        let sx = width / Float(size.width), sy = height / Float(size.height)
        camera.left = left + Float(x.lowerBound) * sx
        camera.top = top - Float(y.lowerBound) * sy
        camera.width = Float(x.count) * sx
        camera.height = Float(y.count) * sy
        return camera
    }

    /// The floats of `CK_TOY_CAMERA`.
    var packed: [Float] {
        [position, right, up, forward].flatMap { [$0.x, $0.y, $0.z] } + [left, top, width, height]
    }
}

extension ToyCamera {
    /// Rotates the camera about its view axis, degrees.
    package mutating func roll(_ degrees: Float) {
        let c = ToyMath.cos(ToyMath.radians(degrees)), s = ToyMath.sin(ToyMath.radians(degrees))
        (right, up) = (right * c + up * s, up * c - right * s)
    }
}
