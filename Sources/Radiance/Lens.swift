// Departures of a lens from a pinhole with square pixels, as calibrations describe them.
import Foundation

/// Unequal focal lengths and distortion.
///
/// Source: OpenCV, "Camera Calibration and 3D Reconstruction" (perspective) and "Fisheye camera model"; the perspective
/// polynomial has four terms, as in nerfstudio.
public struct Lens: Codable, Sendable, Hashable {
    /// Vertical over horizontal focal length, in pixels.
    public var aspect: Float = 1
    /// k1 to k4: of even powers of the radius, or of the angle of a fisheye.
    public var radial: SIMD4<Float> = .zero
    /// p1 and p2, with the image's y axis downwards; not for a fisheye.
    public var tangential: SIMD2<Float> = .zero
    /// Whether the radius is a polynomial of the angle (equidistant) instead of its tangent.
    public var isFisheye = false

    /// A pinhole with square pixels.
    public init() {}

    /// Whether this is a pinhole with square pixels.
    public var isIdeal: Bool { self == Lens() }

    /// The direction that is seen at an image point.
    /// - Parameter point: From the principal point, right and up, in focal lengths.
    /// - Returns: Right, up and forward, not normalised; nil where the polynomial has no inverse.
    func direction(at point: SIMD2<Float>) -> SIMD3<Float>? {
        isFisheye ? fisheyeDirection(at: point) : perspectiveDirection(at: point)
    }

    private static let iterations = 20
    /// Largest residual of a solution, in focal lengths.
    private static let tolerance = 1e-6

    /// Newton's method on both coordinates.
    private func perspectiveDirection(at point: SIMD2<Float>) -> SIMD3<Float>? {
        guard radial != .zero || tangential != .zero else { return SIMD3(point.x, point.y, 1) }
        let k = SIMD4<Double>(radial), (p1, p2) = (Double(tangential.x), Double(tangential.y))
        let goal = SIMD2(Double(point.x), -Double(point.y))
        var (x, y) = (goal.x, goal.y)
        for _ in 0..<Lens.iterations {
            let r = x * x + y * y
            let factor = 1 + r * (k[0] + r * (k[1] + r * (k[2] + r * k[3])))
            let slope = k[0] + r * (2 * k[1] + r * (3 * k[2] + r * 4 * k[3]))
            let u = x * factor + 2 * p1 * x * y + p2 * (r + 2 * x * x) - goal.x
            let v = y * factor + p1 * (r + 2 * y * y) + 2 * p2 * x * y - goal.y
            let ux = factor + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x
            let uy = 2 * x * y * slope + 2 * p1 * x + 2 * p2 * y
            let vy = factor + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x
            let determinant = ux * vy - uy * uy
            // Where it is not positive the image folds back, and points beyond are not seen.
            guard determinant > 1e-9, factor > 0 else { return nil }
            guard abs(u) + abs(v) > Lens.tolerance else {
                return SIMD3(Float(x), Float(-y), 1)
            }
            x -= (u * vy - v * uy) / determinant
            y -= (v * ux - u * uy) / determinant
        }
        return nil
    }

    private func fisheyeDirection(at point: SIMD2<Float>) -> SIMD3<Float>? {
        let radius = Double((point * point).sum().squareRoot())
        guard radius > 1e-9 else { return SIMD3(0, 0, 1) }
        let k = SIMD4<Double>(radial)
        var angle = radius
        for _ in 0..<Lens.iterations {
            let s = angle * angle
            let value = angle * (1 + s * (k[0] + s * (k[1] + s * (k[2] + s * k[3])))) - radius
            let slope = 1 + s * (3 * k[0] + s * (5 * k[1] + s * (7 * k[2] + s * 9 * k[3])))
            guard slope > 1e-9, angle > 0, angle < .pi else { return nil }
            guard abs(value) > Lens.tolerance else {
                let side = Float(sin(angle) / radius)
                return SIMD3(point.x * side, point.y * side, Float(cos(angle)))
            }
            angle -= value / slope
        }
        return nil
    }
}
