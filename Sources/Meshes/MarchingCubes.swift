// Surface extraction: the level set of a sampled field as a closed triangle mesh.

extension Mesh {
    /// Extracts the surface where `grid` crosses `level`; values above the level are inside.
    ///
    /// Marching cubes (Lorensen and Cline 1987) with vertices shared between cells. The field counts as empty outside
    /// the grid, so that a solid that touches the border is capped and the mesh is always closed.
    public init(levelSetOf grid: ScalarGrid, level: Float) {
        self = LevelSetExtractor(grid: grid, level: level).extract()
    }
}

/// One pass over the cells of a grid, slice by slice, with one layer of empty cells around it.
private struct LevelSetExtractor {
    let grid: ScalarGrid
    let level: Float
    /// Number of lattice points along each axis, the empty layer included.
    let lattice: SIMD3<Int>

    init(grid: ScalarGrid, level: Float) {
        self.grid = grid
        self.level = level
        lattice = SIMD3(grid.size.x + 2, grid.size.y + 2, grid.size.z + 2)
    }

    func extract() -> Mesh {
        let table = MarchingCubesTable.shared
        let slice = lattice.x * lattice.y
        var positions: [SIMD3<Float>] = []
        var faces: [SIMD3<UInt32>] = []
        // Vertices on the edges from a lattice point along each axis, for the two slices around the cells.
        var vertices = [UInt32](repeating: .max, count: 2 * 3 * slice)
        var values = [Float](repeating: -.infinity, count: 2 * slice)
        fill(&values, half: 0, z: 0)
        for z in 0..<lattice.z - 1 {
            let lower = z & 1
            let upper = 1 - lower
            fill(&values, half: upper, z: z + 1)
            for index in upper * 3 * slice..<(upper + 1) * 3 * slice { vertices[index] = .max }
            for y in 0..<lattice.y - 1 {
                for x in 0..<lattice.x - 1 {
                    var pattern = 0
                    for corner in 0..<8 {
                        let half = corner >> 2 == 0 ? lower : upper
                        let index = half * slice + (y + corner >> 1 & 1) * lattice.x
                        if values[index + x + corner & 1] > level { pattern |= 1 << corner }
                    }
                    guard pattern != 0, pattern != 255 else { continue }
                    let triangles = table.triangles[pattern]
                    var triangle = SIMD3<UInt32>()
                    for (place, edge) in triangles.enumerated() {
                        let (a, b) = table.edges[edge]
                        let point = SIMD3(x + a & 1, y + a >> 1 & 1, z + a >> 2)
                        let axis = (a ^ b).trailingZeroBitCount
                        let half = a >> 2 == 0 ? lower : upper
                        let slot = (half * slice + point.y * lattice.x + point.x) * 3 + axis
                        if vertices[slot] == .max {
                            vertices[slot] = UInt32(positions.count)
                            let other = SIMD3(x + b & 1, y + b >> 1 & 1, z + b >> 2)
                            positions.append(crossing(from: point, to: other))
                        }
                        triangle[place % 3] = vertices[slot]
                        if place % 3 == 2, triangle.x != triangle.y, triangle.y != triangle.z {
                            faces.append(triangle)
                        }
                    }
                }
            }
        }
        return Mesh(positions: positions, faces: faces)
    }

    /// Copies one slice of lattice values; points of the empty layer stay at minus infinity.
    private func fill(_ values: inout [Float], half: Int, z: Int) {
        let slice = lattice.x * lattice.y
        let start = half * slice
        for index in start..<start + slice { values[index] = -.infinity }
        guard z > 0, z < lattice.z - 1 else { return }
        for y in 1..<lattice.y - 1 {
            let source = grid.size.x * (y - 1 + grid.size.y * (z - 1))
            let target = start + y * lattice.x + 1
            for x in 0..<grid.size.x {
                let value = grid.values[source + x]
                values[target + x] = value.isNaN ? -.infinity : value
            }
        }
    }

    /// The point between two adjacent lattice points where the linearly interpolated field equals the level.
    private func crossing(from a: SIMD3<Int>, to b: SIMD3<Int>) -> SIMD3<Float> {
        let (va, vb) = (value(a), value(b))
        // At the empty layer the surface is placed close to the outermost sample.
        var fraction: Float = va == -.infinity ? 0.999 : vb == -.infinity ? 0.001 : (level - va) / (vb - va)
        if !fraction.isFinite { fraction = 0.5 }
        // Kept away from the lattice points, so that triangles do not degenerate and vertices stay distinct.
        fraction = min(max(fraction, 0.001), 0.999)
        let start = grid.position(a.x - 1, a.y - 1, a.z - 1)
        let end = grid.position(b.x - 1, b.y - 1, b.z - 1)
        return start + (end - start) * fraction
    }

    private func value(_ point: SIMD3<Int>) -> Float {
        let inner = SIMD3(point.x - 1, point.y - 1, point.z - 1)
        guard inner.x >= 0, inner.y >= 0, inner.z >= 0, inner.x < grid.size.x, inner.y < grid.size.y,
            inner.z < grid.size.z
        else { return -.infinity }
        let value = grid.values[inner.x + grid.size.x * (inner.y + grid.size.y * inner.z)]
        return value.isNaN ? -.infinity : value
    }
}
