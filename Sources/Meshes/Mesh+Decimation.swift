// Mesh decimation by edge collapses in the order of quadric error.

extension Mesh {
    /// The mesh reduced to at most `target` faces, as far as possible without breaking its topology.
    ///
    /// Garland and Heckbert, "Surface Simplification Using Quadric Error Metrics", 1997. Collapses that would make
    /// the surface non-manifold (link condition) or flip a face are skipped, so a closed mesh remains closed. Colours
    /// are interpolated along the collapsed edge; normals are recomputed.
    public func decimated(toFaces target: Int) -> Mesh {
        guard faces.count > max(4, target) else { return self }
        var decimator = Decimator(self)
        decimator.run(target: max(4, target))
        return decimator.result()
    }
}

/// A symmetric 4×4 matrix of a squared distance to planes, in double precision.
private struct Quadric {
    private var a = SIMD8<Double>.zero
    private var rest = SIMD2<Double>.zero

    /// The squared distance to a plane through `point`, scaled by `weight`.
    static func plane(normal n: SIMD3<Double>, point: SIMD3<Double>, weight: Double) -> Quadric {
        let d = -(n * point).sum()
        var quadric = Quadric()
        quadric.a =
            SIMD8(n.x * n.x, n.x * n.y, n.x * n.z, n.x * d, n.y * n.y, n.y * n.z, n.y * d, n.z * n.z) * weight
        quadric.rest = SIMD2(n.z * d, d * d) * weight
        return quadric
    }

    static func + (l: Quadric, r: Quadric) -> Quadric {
        var sum = l
        sum.a += r.a
        sum.rest += r.rest
        return sum
    }

    func error(at p: SIMD3<Double>) -> Double {
        let square = a[0] * p.x * p.x + a[4] * p.y * p.y + a[7] * p.z * p.z
        let mixed = a[1] * p.x * p.y + a[2] * p.x * p.z + a[5] * p.y * p.z
        let linear = a[3] * p.x + a[6] * p.y + rest[0] * p.z
        return max(0, square + 2 * (mixed + linear) + rest[1])
    }
}

/// A candidate collapse; it is stale if either end changed after it was made.
private struct Collapse {
    let cost: Double
    let kept: Int
    let removed: Int
    let stamp: Int
    let position: SIMD3<Double>
    let fraction: Float
}

private struct Decimator {
    private var position: [SIMD3<Double>]
    private var color: [SIMD3<Float>]
    private var quadric: [Quadric]
    private var face: [SIMD3<UInt32>]
    private var alive: [Bool]
    private var around: [[Int]]
    private var stamp: [Int]
    /// Vertices on boundary edges; they are fixed, so that open boundaries keep their shape.
    private var isRim: [Bool]
    private var heap: [Collapse] = []
    private var count: Int

    init(_ mesh: Mesh) {
        position = mesh.positions.map { SIMD3(Double($0.x), Double($0.y), Double($0.z)) }
        color = mesh.colors
        face = mesh.faces
        count = mesh.faces.count
        alive = .init(repeating: true, count: count)
        quadric = .init(repeating: Quadric(), count: position.count)
        around = .init(repeating: [], count: position.count)
        stamp = .init(repeating: 0, count: position.count)
        isRim = .init(repeating: false, count: position.count)
        for (index, corners) in face.enumerated() {
            let areaNormal = self.areaNormal(corners)
            let area = (areaNormal * areaNormal).sum().squareRoot()
            for corner in 0..<3 { around[Int(corners[corner])].append(index) }
            guard area > 0 else { continue }
            let plane = Quadric.plane(
                normal: areaNormal / area, point: position[Int(corners.x)], weight: area)
            for corner in 0..<3 { quadric[Int(corners[corner])] = quadric[Int(corners[corner])] + plane }
        }
        var uses: [UInt64: Int] = [:]
        for corners in face {
            for corner in 0..<3 {
                uses[Mesh.edgeKey(corners[corner], corners[(corner + 1) % 3]), default: 0] += 1
            }
        }
        for (edge, count) in uses where count == 1 {
            isRim[Int(edge >> 32)] = true
            isRim[Int(edge & 0xFFFF_FFFF)] = true
        }
        for corners in face {
            for corner in 0..<3 where corners[corner] < corners[(corner + 1) % 3] {
                push(Int(corners[corner]), Int(corners[(corner + 1) % 3]))
            }
        }
    }

    mutating func run(target: Int) {
        while count > target, let collapse = pop() {
            let (a, b) = (collapse.kept, collapse.removed)
            guard collapse.stamp == stamp[a] + stamp[b], !around[a].isEmpty, !around[b].isEmpty,
                isManifold(a, b), keepsSides(a, b, collapse.position), keepsSides(b, a, collapse.position)
            else { continue }
            apply(collapse)
        }
    }

    func result() -> Mesh {
        let kept = face.indices.filter { alive[$0] }.map { face[$0] }
        return Mesh(
            positions: position.map { SIMD3(Float($0.x), Float($0.y), Float($0.z)) }, colors: color,
            faces: kept
        ).compacted().withComputedNormals()
    }

    private mutating func apply(_ collapse: Collapse) {
        let (a, b) = (collapse.kept, collapse.removed)
        position[a] = collapse.position
        if !color.isEmpty { color[a] += (color[b] - color[a]) * collapse.fraction }
        quadric[a] = quadric[a] + quadric[b]
        isRim[a] = isRim[a] || isRim[b]
        for index in around[b] where alive[index] {
            if contains(face[index], a) {
                alive[index] = false
                count -= 1
            } else {
                for corner in 0..<3 where face[index][corner] == UInt32(b) { face[index][corner] = UInt32(a) }
                around[a].append(index)
            }
        }
        around[b] = []
        around[a].removeAll { !alive[$0] }
        stamp[a] += 1
        stamp[b] += 1
        for neighbour in neighbours(a) { push(a, neighbour) }
    }

    /// The link condition: the ends share exactly two neighbours.
    private func isManifold(_ a: Int, _ b: Int) -> Bool {
        Set(neighbours(a)).intersection(neighbours(b)).count == 2
    }

    /// Whether no remaining face around `a` flips when `a` moves to `place`.
    private func keepsSides(_ a: Int, _ b: Int, _ place: SIMD3<Double>) -> Bool {
        for index in around[a] where alive[index] && !contains(face[index], b) {
            let before = areaNormal(face[index])
            let moved = (0..<3).map { face[index][$0] == UInt32(a) ? place : position[Int(face[index][$0])] }
            let after = cross(moved[1] - moved[0], moved[2] - moved[0])
            let sizes = ((before * before).sum() * (after * after).sum()).squareRoot()
            if (before * after).sum() <= 0.2 * sizes { return false }
        }
        return true
    }

    private func neighbours(_ vertex: Int) -> [Int] {
        var found: [Int] = []
        for index in around[vertex] where alive[index] {
            for corner in 0..<3 {
                let other = Int(face[index][corner])
                if other != vertex, !found.contains(other) { found.append(other) }
            }
        }
        return found
    }

    private func contains(_ corners: SIMD3<UInt32>, _ vertex: Int) -> Bool {
        corners.x == UInt32(vertex) || corners.y == UInt32(vertex) || corners.z == UInt32(vertex)
    }

    private func areaNormal(_ corners: SIMD3<UInt32>) -> SIMD3<Double> {
        let a = position[Int(corners.x)]
        return cross(position[Int(corners.y)] - a, position[Int(corners.z)] - a)
    }

    private func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }

    // MARK: The heap of candidates, cheapest first

    private mutating func push(_ a: Int, _ b: Int) {
        if isRim[a], isRim[b] { return }
        let sum = quadric[a] + quadric[b]
        var best = Collapse(
            cost: .infinity, kept: a, removed: b, stamp: stamp[a] + stamp[b], position: position[a],
            fraction: 0)
        // Either end or the midpoint: no matrix inversion, and the point is always on the edge.
        for fraction in isRim[a] ? [0] : isRim[b] ? [1] : [0.5, 0, 1] {
            let place = position[a] + (position[b] - position[a]) * fraction
            let edge = position[b] - position[a]
            // A small length term, so that flat regions do not collapse in index order.
            let cost = sum.error(at: place) + 1e-9 * (edge * edge).sum()
            if cost < best.cost {
                best = Collapse(
                    cost: cost, kept: a, removed: b, stamp: best.stamp, position: place,
                    fraction: Float(fraction))
            }
        }
        heap.append(best)
        var child = heap.count - 1
        while child > 0, precedes(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() -> Collapse? {
        guard let top = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return top }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if precedes(heap[child], heap[least]) { least = child }
            }
            if least == parent { return top }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    /// Order by cost, then by vertices, so that the order of equal costs is deterministic.
    private func precedes(_ l: Collapse, _ r: Collapse) -> Bool {
        (l.cost, l.kept, l.removed) < (r.cost, r.kept, r.removed)
    }
}
