// Which points of an object a set of directions sees: parallel depth maps, for shadows, occlusion and occupancy.

import Meshes
import Toybox

/// Depth maps of an object within the unit sphere from given directions.
struct VisibilityMaps {
    let directions: [SIMD3<Float>]
    private let rights: [SIMD3<Float>]
    private let ups: [SIMD3<Float>]
    private let side: Int
    /// `[directions, side, side]`: height along the direction of the outermost surface, −∞ where there is none.
    private var heights: [Float]
    /// How far below the outermost surface a point still counts as seen, scene units.
    private let bias: Float

    init(_ surface: SurfaceMesh, directions: [SIMD3<Float>], side: Int) {
        self.directions = directions
        self.side = side
        bias = 3 / Float(side)
        rights = directions.map { d in
            (Swift.abs(d.y) < 0.9 ? SIMD3<Float>(0, 1, 0) : SIMD3(1, 0, 0)).cross(d).normalised
        }
        ups = zip(directions, rights).map { $0.cross($1) }
        heights = []
        heights.reserveCapacity(directions.count * side * side)
        let buffer = FragmentBuffer(width: side, height: side)
        var projected = [SIMD3<Float>](repeating: .zero, count: surface.positions.count)
        let half = Float(side) / 2
        for k in directions.indices {
            let (r, u, d) = (rights[k], ups[k], directions[k])
            for i in surface.positions.indices {
                let p = surface.positions[i]
                projected[i] = SIMD3(half + half * p.dot(r), half - half * p.dot(u), p.dot(d))
            }
            projected.withUnsafeBufferPointer { points in
                surface.faces.withUnsafeBufferPointer { faces in
                    buffer.draw(points, faces: faces, projection: .parallel)
                }
            }
            heights.append(contentsOf: buffer.nearness)
        }
    }

    /// Whether direction `k` sees a point.
    @inline(__always)
    func sees(_ k: Int, _ p: SIMD3<Float>) -> Bool {
        let half = Float(side) / 2
        let x = half + half * p.dot(rights[k]), y = half - half * p.dot(ups[k])
        guard x >= 0, y >= 0, x < Float(side), y < Float(side) else { return true }
        return heights.withUnsafeBufferPointer {
            $0[(k * side + Int(y)) * side + Int(x)] <= p.dot(directions[k]) + bias
        }
    }
}
