// Regularisation of rays without a target: opacity entropy, sparsity, distortion.
package import Arrays
import Foundation

extension RenderingAdjoint {
    /// Adds `weight * mean H(opacity)`, H the binary entropy, which drives opacities towards 0 or 1.
    /// - Returns: the term's value.
    @discardableResult
    public mutating func addEntropy(of rendering: Rendering, rays: Range<Int>? = nil, weight: Float) -> Double
    {
        guard weight != 0 else { return 0 }
        return addPerRay(rendering, rays) { a, scale in
            let p = min(1 - 1e-3, max(1e-3, a))
            let value = -(p * log(p) + (1 - p) * log(1 - p))
            return (weight * value * scale, p == a ? weight * scale * log((1 - p) / p) : 0)
        }
    }

    /// Adds `weight * mean sqrt(opacity^2 + 0.01)`, which keeps images mostly empty.
    /// - Returns: the term's value.
    @discardableResult
    public mutating func addSparsity(of rendering: Rendering, rays: Range<Int>? = nil, weight: Float)
        -> Double
    {
        guard weight != 0 else { return 0 }
        return addPerRay(rendering, rays) { a, scale in
            let root = (a * a + 0.01).squareRoot()
            return (weight * scale * root, weight * scale * a / root)
        }
    }

    /// Adds derivatives with respect to premultiplied colour and opacity of consecutive rays.
    /// - Parameter slopes: `[..., 4]`, one row per ray from `firstRay` on.
    package mutating func addPictures(_ slopes: NDArray, firstRay: Int) {
        let stride = RayOutput.count, count = slopes.count / 4
        precondition(
            slopes.count % 4 == 0 && (firstRay + count) * stride <= outputs.count,
            "addPictures: \(slopes.shape) from ray \(firstRay) into \(outputs.shape)")
        slopes.withUnsafeBuffer { source in
            outputs.withUnsafeMutableBuffer { out in
                for i in 0..<count {
                    for c in 0..<4 { out[(firstRay + i) * stride + c] += source[4 * i + c] }
                }
            }
        }
    }

    /// Adds `weight * mean distortion`.
    public mutating func addDistortion(weight: Float) {
        guard weight != 0 else { return }
        outputs.withUnsafeMutableBuffer { out in
            let count = out.count / RayOutput.count
            for i in 0..<count { out[i * RayOutput.count + RayOutput.distortion] += weight / Float(count) }
        }
    }

    /// Adds a function of each ray's opacity; `body` takes opacity and 1 / rays, and returns value and derivative.
    private mutating func addPerRay(
        _ rendering: Rendering, _ rays: Range<Int>?, _ body: (Float, Float) -> (Float, Float)
    ) -> Double {
        let range = rays ?? 0..<rendering.outputs.shape[0]
        let scale = 1 / Float(max(1, range.count))
        var total = 0.0
        rendering.outputs.withUnsafeBuffer { seen in
            outputs.withUnsafeMutableBuffer { out in
                for i in range {
                    let row = i * RayOutput.count + RayOutput.opacity
                    let (value, derivative) = body(seen[row], scale)
                    total += Double(value)
                    out[row] += derivative
                }
            }
        }
        return total
    }
}
