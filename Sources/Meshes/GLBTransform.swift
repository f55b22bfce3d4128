// The affine maps of glTF nodes.

/// An affine map: columns of the linear part, and the shift.
struct GLBTransform {
    var x: SIMD3<Float>
    var y: SIMD3<Float>
    var z: SIMD3<Float>
    var shift: SIMD3<Float>

    static let identity = GLBTransform(
        x: SIMD3(1, 0, 0), y: SIMD3(0, 1, 0), z: SIMD3(0, 0, 1), shift: .zero)

    var isIdentity: Bool {
        x == SIMD3(1, 0, 0) && y == SIMD3(0, 1, 0) && z == SIMD3(0, 0, 1) && shift == .zero
    }
    /// Whether the map turns the inside out.
    var mirrors: Bool { dot(cross(x, y), z) < 0 }

    func apply(_ point: SIMD3<Float>) -> SIMD3<Float> { direction(point) + shift }

    private func direction(_ vector: SIMD3<Float>) -> SIMD3<Float> {
        x * vector.x + y * vector.y + z * vector.z
    }

    static func * (l: GLBTransform, r: GLBTransform) -> GLBTransform {
        GLBTransform(x: l.direction(r.x), y: l.direction(r.y), z: l.direction(r.z), shift: l.apply(r.shift))
    }
}

extension GLBTransform {
    /// The map of a node: its matrix (columns first), or translation × rotation × scale (§3.5.3).
    init(_ node: GLBDocument.Node, path: String) throws {
        let parts = [node.matrix, node.translation, node.rotation, node.scale]
        for (values, count) in zip(parts, [16, 3, 4, 3]) {
            guard values?.count ?? count == count, values?.allSatisfy(\.isFinite) ?? true else {
                throw MeshError(path: path, reason: "has a node with a damaged transformation")
            }
        }
        if let m = node.matrix {
            self.init(
                x: SIMD3(m[0], m[1], m[2]), y: SIMD3(m[4], m[5], m[6]), z: SIMD3(m[8], m[9], m[10]),
                shift: SIMD3(m[12], m[13], m[14]))
            return
        }
        let q = node.rotation ?? [0, 0, 0, 1]
        let scale = node.scale ?? [1, 1, 1]
        let shift = node.translation ?? [0, 0, 0]
        let (i, j, k, w) = (q[0], q[1], q[2], q[3])
        self.init(
            x: SIMD3(1 - 2 * (j * j + k * k), 2 * (i * j + k * w), 2 * (i * k - j * w)) * scale[0],
            y: SIMD3(2 * (i * j - k * w), 1 - 2 * (i * i + k * k), 2 * (j * k + i * w)) * scale[1],
            z: SIMD3(2 * (i * k + j * w), 2 * (j * k - i * w), 1 - 2 * (i * i + j * j)) * scale[2],
            shift: SIMD3(shift[0], shift[1], shift[2]))
    }
}
