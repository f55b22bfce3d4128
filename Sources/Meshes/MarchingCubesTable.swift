// The 256 cases of marching cubes, generated from one rule.

/// For each inside/outside pattern of a cube's corners, the triangles over its twelve edges.
///
/// Corner `c` is at (c & 1, c >> 1 & 1, c >> 2 & 1). On every face of the cube the surface consists of directed
/// segments, each from the edge where a traversal of the face enters the solid to the edge where it leaves it. On an
/// ambiguous face (two opposite corners inside) the inside corners are separated. The rule depends on one face only,
/// so two cubes that share a face have the same segments on it, and the surface is closed (compare Lorensen and
/// Cline, "Marching Cubes", 1987, whose fifteen cases leave holes at ambiguous faces).
struct MarchingCubesTable: Sendable {
    /// The corners that each edge joins, lower corner first.
    let edges: [(Int, Int)]
    /// Triangles as edge numbers, three by three, for each of the 256 patterns (bit c: corner c is inside).
    let triangles: [[Int]]

    static let shared = MarchingCubesTable()

    private init() {
        var edges: [(Int, Int)] = []
        for corner in 0..<8 {
            for axis in 0..<3 where corner & (1 << axis) == 0 { edges.append((corner, corner | 1 << axis)) }
        }
        self.edges = edges
        // The corners of each face, counter-clockwise seen from outside the cube.
        let faces = [
            [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6],
        ]
        triangles = (0..<256).map { pattern in
            MarchingCubesTable.polygons(pattern, faces: faces, edges: edges).flatMap { polygon in
                MarchingCubesTable.triangulation(of: polygon, edges: edges)
            }
        }
    }

    /// Triangulates a loop by ear clipping, with no diagonal within a face of the cube.
    ///
    /// The adjacent cube could have the same diagonal, so that four triangles would share an edge.
    private static func triangulation(of loop: [Int], edges: [(Int, Int)]) -> [Int] {
        func shareFace(_ a: Int, _ b: Int) -> Bool {
            let corners = [edges[a].0, edges[a].1, edges[b].0, edges[b].1]
            return corners.reduce(7, &) != 0 || corners.reduce(7, { $0 & ~$1 }) != 0
        }
        var rest = loop
        var triangles: [Int] = []
        while rest.count >= 3 {
            let ears = rest.indices.map { ($0, ($0 + 1) % rest.count, ($0 + 2) % rest.count) }
            guard
                let ear = ears.first(where: { rest.count == 3 || !shareFace(rest[$0.0], rest[$0.2]) })
                    ?? ears.first
            else { break }
            triangles += [rest[ear.0], rest[ear.1], rest[ear.2]]
            rest.remove(at: ear.1)
        }
        return triangles
    }

    /// Closed loops of edge numbers for one pattern.
    private static func polygons(_ pattern: Int, faces: [[Int]], edges: [(Int, Int)]) -> [[Int]] {
        func inside(_ corner: Int) -> Bool { pattern >> corner & 1 == 1 }
        func edge(_ a: Int, _ b: Int) -> Int? { edges.firstIndex { $0 == (min(a, b), max(a, b)) } }
        var next: [Int: Int] = [:]
        for face in faces {
            for start in 0..<4 where !inside(face[start]) && inside(face[(start + 1) % 4]) {
                // Continue from the corner inside to the first edge that leaves the solid.
                var step = start + 1
                while inside(face[(step + 1) % 4]) { step += 1 }
                guard let entry = edge(face[start], face[(start + 1) % 4]),
                    let exit = edge(face[step % 4], face[(step + 1) % 4])
                else { continue }
                next[entry] = exit
            }
        }
        var loops: [[Int]] = []
        while let first = next.keys.min() {
            var loop: [Int] = []
            var current = first
            while let following = next.removeValue(forKey: current) {
                loop.append(current)
                current = following
            }
            loops.append(loop)
        }
        return loops
    }
}
