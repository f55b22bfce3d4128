// Smoothing that removes grid artefacts without shrinking the solid.

extension Mesh {
    /// The mesh after `passes` rounds of Taubin smoothing.
    ///
    /// Each round moves every vertex by λ and then by −μ of the way to the mean of its neighbours, which damps high
    /// frequencies and preserves the volume (Taubin, "A Signal Processing Approach to Fair Surface Design", 1995,
    /// §3). Normals are recomputed.
    public func smoothed(passes: Int, lambda: Float = 0.5, mu: Float = 0.53) -> Mesh {
        guard passes > 0, !faces.isEmpty else { return self }
        var seen = Set<UInt64>(minimumCapacity: faces.count * 3 / 2)
        var pairs: [(Int, Int)] = []
        for face in faces {
            for corner in 0..<3 {
                let (a, b) = (face[corner], face[(corner + 1) % 3])
                if seen.insert(Mesh.edgeKey(a, b)).inserted { pairs.append((Int(a), Int(b))) }
            }
        }
        var degree = [Float](repeating: 0, count: positions.count)
        for (a, b) in pairs {
            degree[a] += 1
            degree[b] += 1
        }
        var copy = self
        for pass in 0..<2 * passes {
            let step = pass % 2 == 0 ? lambda : -mu
            var sums = [SIMD3<Float>](repeating: .zero, count: positions.count)
            for (a, b) in pairs {
                sums[a] += copy.positions[b]
                sums[b] += copy.positions[a]
            }
            for index in sums.indices where degree[index] > 0 {
                copy.positions[index] += step * (sums[index] / degree[index] - copy.positions[index])
            }
        }
        return copy.withComputedNormals()
    }
}
