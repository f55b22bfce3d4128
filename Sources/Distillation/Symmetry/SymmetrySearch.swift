// The vertical planes about which a field is mirror-symmetric.

import Arrays
import Images
package import Radiance

/// Compares views of a field with the mirrored views from the other side of each plane.
///
/// The prior has seen many symmetric objects, so that the field it forms is most symmetric about the object's own plane.
/// Elongated and box-like objects have a second, nearly as good plane at right angles to it, which a rough field
/// does not tell apart: people photograph things from their front half, so that planes within 50 degrees of the
/// viewing direction are preferred.
package struct SymmetrySearch {
    /// Mean squared difference of views over their mean square, for planes at azimuth `spacing * index`, from 0 to below
    /// 180 degrees: 0 for a symmetric field, about 1 for one whose mirror images overlap by a half.
    package let costs: [Float]

    /// Degrees between the planes compared; views are taken at twice this distance.
    static let spacing: Float = 5
    /// A plane is clear if its cost is at most this share of the median over all planes.
    private static let clear: Float = 0.5
    /// The same for planes that are seen more from the side.
    private static let clearFromSide: Float = 0.35
    /// Limit of the preferred planes, degrees.
    private static let preferred: Float = 50
    /// Limit of all planes, degrees.
    ///
    /// The picture mirrored in a plane at right angles to the view stands behind the object. That is right for a car from
    /// the side, but wrong for a face, and a rough field does not tell these apart.
    private static let limit: Float = 70
    /// Weight of the squared difference of a colour channel; opacity has 1.
    private static let colourWeight: Float = 0.3

    /// - Parameters:
    ///   - field: of the object.
    ///   - camera: whose distance, elevation and field of view are taken.
    ///   - samplesAcross: of the rays.
    package init(of field: RadianceField, like camera: Camera, samplesAcross: Int) {
        let count = Int(180 / Self.spacing), size = 48
        let radius = (camera.position * camera.position).sum().squareRoot()
        let cameras = (0..<count).map {
            Camera(
                azimuth: 2 * Self.spacing * Float($0), elevation: camera.elevation, radius: radius,
                fieldOfView: camera.fieldOfView)
        }
        let rendering = field.render(
            RayBatch(cameras, width: size, height: size), RenderSettings(samplesAcross: samplesAcross))
        // Halved: small differences of place count less.
        let views = (0..<count).map {
            Image(premultiplied: rendering.picture($0, width: size, height: size))
                .resized(width: size / 2, height: size / 2, filter: .box).premultiplied()
        }
        let mirrored = views.map { Image($0).mirrored.pixels }
        let nothing = NDArray.zeros(views[0].shape)
        let energy = max(1e-12, views.map { Self.difference($0, nothing) }.reduce(0, +) / Float(count))
        costs = (0..<count).map { plane in
            let pairs = (0..<count).map { view in
                Self.difference(views[view], mirrored[(plane - view + count) % count])
            }
            return pairs.reduce(0, +) / Float(count) / energy
        }
    }

    /// Takes given costs.
    package init(costs: [Float]) { self.costs = costs }

    /// The planes: none if the field is not clearly symmetric, one as a rule.
    ///
    /// Surfaces of revolution, and prisms of four equal sides that are seen from the front, are symmetric about the
    /// diagonals as well: then there are three, whose mirror images stand on both sides and behind.
    package func planes() -> [MirrorPlane] {
        let median = costs.sorted()[costs.count / 2]
        guard median > 0 else { return [] }
        let diagonal: [Float] = [45, -45, 90]
        if ([0] + diagonal).allSatisfy({ cost(Int($0 / Self.spacing)) <= Self.clear * median }) {
            return diagonal.map { MirrorPlane(azimuth: $0) }
        }
        return plane(median).map { [$0] } ?? []
    }

    private func plane(_ median: Float) -> MirrorPlane? {
        let minima = costs.indices.filter { costs[$0] <= cost($0 - 1) && costs[$0] < cost($0 + 1) }
        func best(_ range: (Float) -> Bool) -> Int? {
            minima.filter { range(abs(azimuth($0))) }.min { costs[$0] < costs[$1] }
        }
        if let front = best({ $0 <= Self.preferred }), costs[front] <= Self.clear * median {
            return refined(front)
        }
        if let side = best({ $0 > Self.preferred && $0 <= Self.limit }),
            costs[side] <= Self.clearFromSide * median
        {
            return refined(side)
        }
        return nil
    }

    /// The minimum of the parabola through a minimum and its neighbours.
    private func refined(_ index: Int) -> MirrorPlane {
        let (a, b, c) = (cost(index - 1), cost(index), cost(index + 1))
        let curvature = a - 2 * b + c
        let offset = curvature > 0 ? max(-0.5, min(0.5, (a - c) / (2 * curvature))) : 0
        return MirrorPlane(azimuth: azimuth(index) + offset * Self.spacing)
    }

    private func cost(_ index: Int) -> Float { costs[(index + costs.count) % costs.count] }

    /// Degrees, above -90 and at most 90.
    private func azimuth(_ index: Int) -> Float {
        let degrees = Self.spacing * Float(index)
        return degrees > 90 ? degrees - 180 : degrees
    }

    private static func difference(_ a: NDArray, _ b: NDArray) -> Float {
        var total: Float = 0
        a.withUnsafeBuffer { a in
            b.withUnsafeBuffer { b in
                for i in a.indices {
                    let d = a[i] - b[i]
                    total += d * d * (i % 4 == 3 ? 1 : colourWeight)
                }
            }
        }
        return total / Float(a.count)
    }
}
