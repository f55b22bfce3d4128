// An object's placement in a scene, and camera and light in the object's coordinates.

/// A similarity: scene point = rotation · (object point · scale) + position.
package struct ScenePlacement: Sendable {
    package let object: ToyObject
    package var rotation: Rotation
    package var scale: Float
    package var position: Vector

    /// Places the object on y = 0 at (x, z), rotated by `azimuth` degrees about the vertical.
    init(standing object: ToyObject, x: Float, z: Float, azimuth: Float, scale: Float) {
        self.object = object
        self.scale = scale
        rotation = Rotation(degrees: [0, azimuth, 0])
        position = [x, -object.low.y * scale, z]
    }

    init(object: ToyObject, rotation: Rotation, scale: Float, position: Vector) {
        (self.object, self.rotation, self.scale, self.position) = (object, rotation, scale, position)
    }

    /// Half the diagonal of the footprint.
    var footprint: Float { max(object.high.x, -object.low.x, object.high.z, -object.low.z) * scale }

    func toObject(_ point: Vector) -> Vector { rotation.transposed.applied(to: point - position) / scale }

    func camera(_ camera: ToyCamera) -> ToyCamera {
        let turn = rotation.transposed
        var moved = camera
        moved.position = toObject(camera.position)
        moved.right = turn.applied(to: camera.right)
        moved.up = turn.applied(to: camera.up)
        moved.forward = turn.applied(to: camera.forward)
        return moved
    }

    func light(_ light: ToyLight) -> ToyLight {
        var turned = light
        turned.direction = rotation.transposed.applied(to: light.direction)
        turned.up = rotation.transposed.applied(to: light.up)
        return turned
    }

    /// Azimuth and elevation, in degrees, from which the camera sees the object, about its own axes.
    func viewpoint(_ camera: ToyCamera) -> (azimuth: Float, elevation: Float) {
        let p = toObject(camera.position), flat = (p.x * p.x + p.z * p.z).squareRoot()
        return (ToyMath.atan2(p.x, p.z) * 180 / .pi, ToyMath.atan2(p.y, flat) * 180 / .pi)
    }

    /// The pixels that the object may cover in an image, nil if it is outside or extends behind the camera.
    func pixels(_ camera: ToyCamera, width: Int, height: Int) -> (x: Range<Int>, y: Range<Int>)? {
        let eye = self.camera(camera), slack: Float = 0.05
        var (x0, x1, y0, y1) = (Float.infinity, -Float.infinity, Float.infinity, -Float.infinity)
        for corner in 0..<8 {
            let p =
                Vector(
                    corner & 1 == 0 ? object.low.x - slack : object.high.x + slack,
                    corner & 2 == 0 ? object.low.y - slack : object.high.y + slack,
                    corner & 4 == 0 ? object.low.z - slack : object.high.z + slack) - eye.position
            let depth = p.dot(eye.forward)
            guard depth > 0.05 else { return nil }
            let x = (p.dot(eye.right) / depth - eye.left) / eye.width * Float(width)
            let y = (eye.top - p.dot(eye.up) / depth) / eye.height * Float(height)
            (x0, x1, y0, y1) = (min(x0, x), max(x1, x), min(y0, y), max(y1, y))
        }
        let left = max(0, Int(x0.rounded(.down))), right = min(width, Int(x1.rounded(.up)))
        let top = max(0, Int(y0.rounded(.down))), bottom = min(height, Int(y1.rounded(.up)))
        guard left < right, top < bottom else { return nil }
        return (left..<right, top..<bottom)
    }
}
