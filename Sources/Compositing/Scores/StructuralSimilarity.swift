// SSIM inside a mask.

import Arrays
import Foundation
public import Images

/// The structural similarity of two pictures inside a mask, 1 for equal pictures.
///
/// Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity",
/// equation 13: luma, Gaussian windows of standard deviation 1.5, K1 = 0.01, K2 = 0.03, for values in [0, 1].
public enum StructuralSimilarity {
    /// - Returns: the mean over the mask's inside; 1 if it is empty.
    public static func score(_ a: Image, _ b: Image, inside mask: Mask) -> Double {
        requireOneSize(a, b, mask)
        let (x, y) = (Plane.luma(a), Plane.luma(b))
        let (mx, my) = (x.blurred(1.5), y.blurred(1.5))
        let (xx, yy, xy) = (x.times(x).blurred(1.5), y.times(y).blurred(1.5), x.times(y).blurred(1.5))
        let (c1, c2): (Float, Float) = (0.0001, 0.0009)
        var sum = 0.0, count = 0
        for (i, isInside) in mask.inside.enumerated() where isInside {
            let (p, q) = (mx.values[i], my.values[i])
            let (vx, vy, cov) = (xx.values[i] - p * p, yy.values[i] - q * q, xy.values[i] - p * q)
            sum += Double(
                (2 * p * q + c1) * (2 * cov + c2) / ((p * p + q * q + c1) * (max(vx, 0) + max(vy, 0) + c2)))
            count += 1
        }
        return count == 0 ? 1 : sum / Double(count)
    }
}

func requireOneSize(_ a: Image, _ b: Image, _ mask: Mask) {
    precondition(
        a.width == b.width && a.height == b.height && mask.width == a.width && mask.height == a.height,
        "scores: pictures \(a.pixels.shape) and \(b.pixels.shape), mask \(mask.values.shape)")
}
