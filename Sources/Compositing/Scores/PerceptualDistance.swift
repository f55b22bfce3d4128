// A perceptual distance with fixed features, similar to LPIPS.

public import Images

/// Perceptual distance of two pictures inside a mask: 0 for equal ones, about 0.5 for a textured against a
/// flat one.
///
/// As in LPIPS (Zhang et al. 2018, "The unreasonable effectiveness of deep features", equation 1), feature
/// vectors normalised to unit length are compared at each pixel and several scales. The features are not
/// learned: local energies of oriented Gaussian derivatives in three opponent colours (complex cells, Adelson
/// & Bergen 1985). They ignore the phase of a texture but respond to blur.
public enum PerceptualDistance {
    static let scales = 3
    /// Energy below which a pixel counts as flat, in squared levels of [0, 1].
    static let noise: Float = 0.004

    private static let opponents: [SIMD3<Float>] = [
        [0.299, 0.587, 0.114], [0.5, -0.5, 0], [0.25, 0.25, -0.5],
    ]

    /// - Returns: the mean over the mask's inside and over the scales; 0 if it is empty.
    public static func score(_ a: Image, _ b: Image, inside mask: Mask) -> Double {
        requireOneSize(a, b, mask)
        var members = mask.binarised, total = 0.0
        guard members.area > 0 else { return 0 }
        var (p, q) = (opponents.map { Plane(a, weights: $0) }, opponents.map { Plane(b, weights: $0) })
        for scale in 0..<scales {
            if scale > 0 {
                (p, q) = (p.map(\.halved), q.map(\.halved))
                members = members.touching(width: p[0].width, height: p[0].height)
            }
            total += distance(p.flatMap(energies), q.flatMap(energies), members.inside)
        }
        return total / Double(scales)
    }

    /// Mean over the mask of half the squared distance of the unit vectors.
    private static func distance(_ a: [Plane], _ b: [Plane], _ inside: [Bool]) -> Double {
        var sum = 0.0, count = 0
        for i in inside.indices where inside[i] {
            var (aa, bb, ab): (Float, Float, Float) = (0, 0, 0)
            for (x, y) in zip(a, b) {
                aa += x.values[i] * x.values[i]
                bb += y.values[i] * y.values[i]
                ab += x.values[i] * y.values[i]
            }
            let (la, lb) = (aa.squareRoot() + noise, bb.squareRoot() + noise)
            let own = aa / (la * la) + bb / (lb * lb), shared = 2 * ab / (la * lb)
            sum += Double(max(0, own - shared)) / 2
            count += 1
        }
        return sum / Double(count)
    }

    /// Root mean square responses over a neighbourhood: first derivatives along two axes and two diagonals,
    /// and the same four second derivatives.
    private static func energies(_ plane: Plane) -> [Plane] {
        let smooth = gaussianWeights(0.7), edge: [Float] = [-0.5, 0, 0.5], line: [Float] = [0.5, -1, 0.5]
        let soft = plane.filtered(rows: smooth, columns: smooth)
        let (dx, dy) = (soft.filtered(rows: edge, columns: [1]), soft.filtered(rows: [1], columns: edge))
        let (xx, yy) = (soft.filtered(rows: line, columns: [1]), soft.filtered(rows: [1], columns: line))
        let xy = soft.filtered(rows: edge, columns: edge)
        func mixed(_ p: Plane, _ s: Float, _ q: Plane, _ t: Float) -> Plane {
            Plane(
                width: p.width, height: p.height, values: zip(p.values, q.values).map { s * $0 + t * $1 })
        }
        let half = Float(0.5).squareRoot(), mean = mixed(xx, 0.5, yy, 0.5)
        return [
            dx, dy, mixed(dx, half, dy, half), mixed(dx, half, dy, -half), xx, yy, mixed(mean, 1, xy, 1),
            mixed(mean, 1, xy, -1),
        ].map { response in
            let energy = response.times(response).blurred(2)
            return Plane(
                width: plane.width, height: plane.height,
                values: energy.values.map { max(0, $0).squareRoot() })
        }
    }
}
