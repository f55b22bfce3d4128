// Polygons of any number of corners, cut into triangles.

/// Cuts planar polygons into triangles.
enum PolygonCut {
    /// Polygons of more corners are cut as a fan: an outline of so many is no face of a modelled mesh, and the search
    /// for ears grows with the square of the number.
    private static let earLimit = 256

    /// The triangles of a polygon, as places in its list of corners, with the polygon's own winding.
    ///
    /// A polygon that its first corner sees whole (a convex one always) becomes a fan round it; others lose one ear
    /// after another. Source: G. H. Meisters, Polygons have ears, American Mathematical Monthly 82 (1975).
    /// - Parameter corners: the positions of three corners or more.
    static func triangles(_ corners: [SIMD3<Float>]) -> [SIMD3<Int>] {
        let fan = (2..<max(2, corners.count)).map { SIMD3(0, $0 - 1, $0) }
        guard corners.count > 3, corners.count <= earLimit else { return fan }
        // Newell's normal: the sum of the areas of any triangulation.
        let normal = fan.reduce(SIMD3<Float>.zero) { sum, triangle in
            sum + areaNormal(corners[triangle.x], corners[triangle.y], corners[triangle.z])
        }
        func turn(_ a: Int, _ b: Int, _ c: Int) -> Float {
            dot(areaNormal(corners[a], corners[b], corners[c]), normal)
        }
        guard fan.contains(where: { turn($0.x, $0.y, $0.z) < 0 }) else { return fan }
        var rest = Array(corners.indices)
        var result: [SIMD3<Int>] = []
        var place = 0
        var failures = 0
        while rest.count > 3, failures < rest.count {
            let before = rest[(place + rest.count - 1) % rest.count]
            let tip = rest[place % rest.count]
            let after = rest[(place + 1) % rest.count]
            let isEar =
                turn(before, tip, after) > 0
                && !rest.contains { other in
                    other != before && other != tip && other != after
                        && turn(before, tip, other) >= 0 && turn(tip, after, other) >= 0
                        && turn(after, before, other) >= 0
                }
            if isEar {
                result.append(SIMD3(before, tip, after))
                rest.remove(at: place % rest.count)
                failures = 0
            } else {
                place += 1
                failures += 1
            }
        }
        // An outline that crosses itself has no ear left at some point; the rest is cut as a fan.
        for last in 2..<rest.count { result.append(SIMD3(rest[0], rest[last - 1], rest[last])) }
        return result
    }

    private static func areaNormal(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>) -> SIMD3<Float> {
        cross(b - a, c - a)
    }
}
