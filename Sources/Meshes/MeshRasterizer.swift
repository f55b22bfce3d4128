// A z-buffer rasteriser, which renders an exported mesh for comparison with its field.

/// An image of a mesh, row by row from the top left.
public struct MeshPicture: Sendable {
    public let width: Int
    public let height: Int
    /// sRGB colour per pixel; black in the background.
    public var color: [SIMD3<Float>]
    /// 1 where the mesh covers the pixel centre, else 0.
    public var coverage: [Float]
    /// Distance along the viewing axis in scene units; 0 in the background.
    public var depth: [Float]
    /// World-space unit normal; zero in the background.
    public var normal: [SIMD3<Float>]
}

/// A pinhole camera for the rasteriser.
public struct MeshCamera: Sendable {
    /// Position in scene units.
    public var position: SIMD3<Float>
    /// Unit axes of the camera in the world: right, up, and the viewing direction.
    public var right: SIMD3<Float>, up: SIMD3<Float>, forward: SIMD3<Float>
    /// Focal length in pixels, and the principal point in pixels from the top left.
    public var focal: Float, center: SIMD2<Float>

    public init(
        position: SIMD3<Float>, right: SIMD3<Float>, up: SIMD3<Float>, forward: SIMD3<Float>, focal: Float,
        center: SIMD2<Float>
    ) {
        self.position = position
        self.right = right
        self.up = up
        self.forward = forward
        self.focal = focal
        self.center = center
    }

    /// The image position of a point: x and y in pixels from the top left, z along the viewing axis.
    package func projected(_ position: SIMD3<Float>) -> SIMD3<Float> {
        let offset = position - self.position
        let z = dot(offset, forward)
        return SIMD3(center.x + focal * dot(offset, right) / z, center.y - focal * dot(offset, up) / z, z)
    }
}

extension Mesh {
    /// Renders the mesh unlit, pixel centres at +0.5, with perspective-correct colours.
    ///
    /// Triangles that extend behind the camera are skipped.
    public func picture(from camera: MeshCamera, width: Int, height: Int) -> MeshPicture {
        picture(from: camera, width: width, height: height) { _, _, color in color }
    }

    /// Draws the mesh with colours that `shade` finds for a face, the weights of its corners, and the vertex colour;
    /// nil draws nothing there.
    func picture(
        from camera: MeshCamera, width: Int, height: Int,
        shade: (Int, SIMD3<Float>, SIMD3<Float>) -> SIMD3<Float>?
    ) -> MeshPicture {
        let count = width * height
        var picture = MeshPicture(
            width: width, height: height, color: .init(repeating: .zero, count: count),
            coverage: .init(repeating: 0, count: count), depth: .init(repeating: 0, count: count),
            normal: .init(repeating: .zero, count: count))
        var nearest = [Float](repeating: .infinity, count: count)
        let tints =
            colors.isEmpty ? [SIMD3<Float>](repeating: SIMD3(repeating: 0.7), count: positions.count) : colors
        let unit = normals.isEmpty ? withComputedNormals().normals : normals
        let projected = positions.map(camera.projected)
        for (number, face) in faces.enumerated() {
            let (i, j, k) = (Int(face.x), Int(face.y), Int(face.z))
            let (a, b, c) = (projected[i], projected[j], projected[k])
            guard min(a.z, b.z, c.z) > 1e-4 else { continue }
            let doubleArea = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
            guard abs(doubleArea) > 1e-12, doubleArea.isFinite else { continue }
            let (left, right) = span(min(a.x, b.x, c.x), max(a.x, b.x, c.x), limit: width)
            let (top, bottom) = span(min(a.y, b.y, c.y), max(a.y, b.y, c.y), limit: height)
            guard left <= right, top <= bottom else { continue }
            for y in top...bottom {
                for x in left...right {
                    let px = Float(x) + 0.5
                    let py = Float(y) + 0.5
                    let wb = ((px - a.x) * (c.y - a.y) - (py - a.y) * (c.x - a.x)) / doubleArea
                    let wc = ((b.x - a.x) * (py - a.y) - (b.y - a.y) * (px - a.x)) / doubleArea
                    let wa = 1 - wb - wc
                    guard wa >= 0, wb >= 0, wc >= 0 else { continue }
                    // Attributes are linear in space, hence weighted by inverse depth on the screen.
                    let inverse = SIMD3(wa / a.z, wb / b.z, wc / c.z)
                    let z = 1 / inverse.sum()
                    let pixel = y * width + x
                    guard z < nearest[pixel] else { continue }
                    let weights = inverse * z
                    let tint = tints[i] * weights.x + tints[j] * weights.y + tints[k] * weights.z
                    guard let color = shade(number, weights, tint) else { continue }
                    nearest[pixel] = z
                    picture.coverage[pixel] = 1
                    picture.depth[pixel] = z
                    picture.color[pixel] = color
                    picture.normal[pixel] = normalized(
                        unit[i] * weights.x + unit[j] * weights.y + unit[k] * weights.z)
                }
            }
        }
        return picture
    }
}

/// The first and last pixel whose centres are between two coordinates, within the image.
private func span(_ lower: Float, _ upper: Float, limit: Int) -> (Int, Int) {
    let first = min(max((lower - 0.5).rounded(.up), 0), Float(limit))
    let last = min(max((upper - 0.5).rounded(.down), -1), Float(limit - 1))
    return (Int(first), Int(last))
}
