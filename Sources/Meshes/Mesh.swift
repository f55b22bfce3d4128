// Triangle meshes: positions, faces, and a colour and a normal per vertex.

/// An indexed triangle mesh in a right-handed world, y up, front towards +z.
///
/// Faces wind counter-clockwise seen from outside, so that the cross product of their edges points outward.
public struct Mesh: Sendable, Equatable {
    /// Vertex positions in scene units.
    public var positions: [SIMD3<Float>]
    /// Unit normals, one per vertex; empty if unknown.
    public var normals: [SIMD3<Float>]
    /// sRGB colours in [0, 1], one per vertex; empty if the mesh has none.
    public var colors: [SIMD3<Float>]
    /// Vertex indices of each triangle.
    public var faces: [SIMD3<UInt32>]

    /// Creates a mesh.
    /// - Precondition: `normals` and `colors` are empty or as long as `positions`; every index is valid.
    public init(
        positions: [SIMD3<Float>], normals: [SIMD3<Float>] = [], colors: [SIMD3<Float>] = [],
        faces: [SIMD3<UInt32>]
    ) {
        precondition(
            normals.isEmpty || normals.count == positions.count,
            "Mesh: \(normals.count) normals for \(positions.count) vertices")
        precondition(
            colors.isEmpty || colors.count == positions.count,
            "Mesh: \(colors.count) colours for \(positions.count) vertices")
        precondition(
            faces.allSatisfy { $0.max() < UInt32(max(1, positions.count)) },
            "Mesh: a face names a vertex past \(positions.count)")
        self.positions = positions
        self.normals = normals
        self.colors = colors
        self.faces = faces
    }

    /// A mesh without vertices.
    public static let empty = Mesh(positions: [], faces: [])

    /// The corners of a face.
    package func corners(_ face: SIMD3<UInt32>) -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) {
        (positions[Int(face.x)], positions[Int(face.y)], positions[Int(face.z)])
    }

    /// The axis-aligned bounding box of all vertices; nil if there are none.
    public var bounds: (lower: SIMD3<Float>, upper: SIMD3<Float>)? {
        guard var lower = positions.first else { return nil }
        var upper = lower
        for position in positions {
            lower = pointwiseMin(lower, position)
            upper = pointwiseMax(upper, position)
        }
        return (lower, upper)
    }

    /// The mesh with normals averaged over the faces around each vertex, weighted by area.
    public func withComputedNormals() -> Mesh {
        var sums = [SIMD3<Float>](repeating: .zero, count: positions.count)
        for face in faces {
            let (a, b, c) = corners(face)
            let areaNormal = cross(b - a, c - a)
            sums[Int(face.x)] += areaNormal
            sums[Int(face.y)] += areaNormal
            sums[Int(face.z)] += areaNormal
        }
        var copy = self
        copy.normals = sums.map { normalized($0) }
        return copy
    }

    /// The mesh without vertices that no face uses; the order of the others is unchanged.
    public func compacted() -> Mesh {
        var target = [UInt32](repeating: .max, count: positions.count)
        for face in faces {
            for corner in 0..<3 { target[Int(face[corner])] = 0 }
        }
        var kept: [Int] = []
        for index in target.indices where target[index] == 0 {
            target[index] = UInt32(kept.count)
            kept.append(index)
        }
        return Mesh(
            positions: kept.map { positions[$0] },
            normals: normals.isEmpty ? [] : kept.map { normals[$0] },
            colors: colors.isEmpty ? [] : kept.map { colors[$0] },
            faces: faces.map { SIMD3(target[Int($0.x)], target[Int($0.y)], target[Int($0.z)]) })
    }
}
