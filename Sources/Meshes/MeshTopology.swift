// Measurements of a mesh: closedness, components, volume, area.

import Arrays

/// Counts and measures of a mesh's validity as a solid.
public struct MeshTopology: Sendable, Codable, Equatable {
    public let vertices: Int
    public let faces: Int
    /// Edges of one face only; zero for a closed mesh.
    public let boundaryEdges: Int
    /// Edges of more than two faces, or of two with inconsistent winding.
    public let nonManifoldEdges: Int
    /// Connected components.
    public let components: Int
    /// Vertices − edges + faces; 2 for each sphere-like component, 0 for each torus.
    public let eulerCharacteristic: Int
    /// Signed volume in cubic scene units; positive when faces wind outward.
    public let volume: Float
    /// Surface area in square scene units.
    public let area: Float

    /// Whether every edge is shared by exactly two faces with consistent winding.
    public var isWatertight: Bool { faces > 0 && boundaryEdges == 0 && nonManifoldEdges == 0 }
}

extension Mesh {
    /// Measures the mesh.
    public var topology: MeshTopology {
        // Forward and backward uses of each undirected edge.
        var uses: [UInt64: SIMD2<Int32>] = [:]
        uses.reserveCapacity(faces.count * 3 / 2 + 1)
        var volume = 0.0
        var area = 0.0
        for face in faces {
            for corner in 0..<3 {
                let (a, b) = (face[corner], face[(corner + 1) % 3])
                uses[Mesh.edgeKey(a, b), default: .zero] &+= a < b ? SIMD2(1, 0) : SIMD2(0, 1)
            }
            let (a, b, c) = corners(face)
            volume += Double(dot(a, cross(b, c))) / 6
            area += Double(length(cross(b - a, c - a))) / 2
        }
        var boundary = 0
        var nonManifold = 0
        for use in uses.values {
            if use.x + use.y == 1 {
                boundary += 1
            } else if use != SIMD2(1, 1) {
                nonManifold += 1
            }
        }
        let labels = componentLabels()
        return MeshTopology(
            vertices: positions.count, faces: faces.count, boundaryEdges: boundary,
            nonManifoldEdges: nonManifold, components: labels.count,
            eulerCharacteristic: positions.count - uses.count + faces.count,
            volume: Float(volume), area: Float(area))
    }

    /// The mesh without components that have fewer than `fraction` of the faces of the largest one.
    ///
    /// A fraction of 1 keeps only the largest component (and equally large ones).
    public func keepingComponents(atLeast fraction: Float) -> Mesh {
        let (labels, count) = componentLabels()
        guard count > 1 else { return self }
        var sizes = [Int](repeating: 0, count: count)
        for face in faces { sizes[labels[Int(face.x)]] += 1 }
        let bound = Float(sizes.max() ?? 0) * fraction
        var copy = self
        copy.faces = faces.filter { Float(sizes[labels[Int($0.x)]]) >= bound }
        return copy.compacted()
    }

    /// A key for an edge, independent of its direction.
    static func edgeKey(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(min(a, b)) << 32 | UInt64(max(a, b)) }

    /// The component of each vertex, and the number of components with faces.
    private func componentLabels() -> (labels: [Int], count: Int) {
        var pieces = DisjointSets(count: positions.count)
        for face in faces {
            pieces.unite(Int(face.x), Int(face.y))
            pieces.unite(Int(face.x), Int(face.z))
        }
        var names: [Int: Int] = [:]
        for face in faces {
            let first = pieces.least(with: Int(face.x))
            if names[first] == nil { names[first] = names.count }
        }
        return (positions.indices.map { names[pieces.least(with: $0)] ?? 0 }, names.count)
    }
}
