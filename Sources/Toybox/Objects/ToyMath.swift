// Vectors, rotations and C library functions for toys.

import Foundation

package typealias Vector = SIMD3<Float>

package enum ToyMath {
    package static func sin(_ x: Float) -> Float { Foundation.sin(x) }
    package static func cos(_ x: Float) -> Float { Foundation.cos(x) }
    package static func tan(_ x: Float) -> Float { Foundation.tan(x) }
    package static func log(_ x: Float) -> Float { Foundation.log(x) }
    package static func exp(_ x: Float) -> Float { Foundation.exp(x) }
    package static func radians(_ degrees: Float) -> Float { degrees * .pi / 180 }
    package static func atan2(_ y: Float, _ x: Float) -> Float { Foundation.atan2(y, x) }
}

extension SIMD3 where Scalar == Float {
    package func dot(_ other: Vector) -> Float { (self * other).sum() }
    package var length: Float { dot(self).squareRoot() }
    package var normalised: Vector { self / Swift.max(length, 1e-12) }
    package func cross(_ o: Vector) -> Vector {
        Vector(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x)
    }
}

/// A rotation by its rows.
package struct Rotation: Sendable, Equatable {
    package var rows: (Vector, Vector, Vector)

    package init(rows: (Vector, Vector, Vector)) { self.rows = rows }

    package static let identity = Rotation(rows: (Vector(1, 0, 0), Vector(0, 1, 0), Vector(0, 0, 1)))

    package static func == (a: Rotation, b: Rotation) -> Bool { a.rows == b.rows }

    /// About z by `degrees.z`, then x by `degrees.x`, then y by `degrees.y`.
    package init(degrees: Vector) {
        func parts(_ a: Float) -> (Float, Float) {
            (ToyMath.cos(ToyMath.radians(a)), ToyMath.sin(ToyMath.radians(a)))
        }
        let (cx, sx) = parts(degrees.x), (cy, sy) = parts(degrees.y), (cz, sz) = parts(degrees.z)
        let x = Rotation(rows: (Vector(1, 0, 0), Vector(0, cx, -sx), Vector(0, sx, cx)))
        let y = Rotation(rows: (Vector(cy, 0, sy), Vector(0, 1, 0), Vector(-sy, 0, cy)))
        let z = Rotation(rows: (Vector(cz, -sz, 0), Vector(sz, cz, 0), Vector(0, 0, 1)))
        self = y.times(x).times(z)
    }

    package var transposed: Rotation {
        let (a, b, c) = rows
        return Rotation(rows: (Vector(a.x, b.x, c.x), Vector(a.y, b.y, c.y), Vector(a.z, b.z, c.z)))
    }

    package func times(_ other: Rotation) -> Rotation {
        let t = other.transposed
        return Rotation(rows: (t.applied(to: rows.0), t.applied(to: rows.1), t.applied(to: rows.2)))
    }

    package func applied(to v: Vector) -> Vector { Vector(rows.0.dot(v), rows.1.dot(v), rows.2.dot(v)) }
}
