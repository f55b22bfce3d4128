// Agreement of rendered depth with a depth picture of unknown scale and offset.

package import Arrays
import Foundation
package import Radiance

extension RenderingAdjoint {
    /// Adds `weight * (1 - Pearson correlation)` of expected depth and `depth` over the opaque pixels of `picture`.
    ///
    /// Expected depth is depth / opacity; its derivative by opacity is included. Nothing is added where fewer than 16
    /// pixels count or either side is constant.
    /// - Parameters:
    ///   - rays: the rays of the reference view, `size * size` of them.
    ///   - depth: `[side, side]`; sampled at the pixel centres of the smaller picture.
    ///   - picture: `[size, size, 4]`, premultiplied: the pixels whose opacity is above 0.9 count.
    /// - Returns: the term's value.
    package mutating func addDepthCorrelation(
        of rendering: Rendering, rays: Range<Int>, depth: NDArray, picture: NDArray, size: Int, weight: Float
    ) -> Double {
        precondition(
            depth.rank == 2 && rays.count == size * size,
            "depth correlation: depth \(depth.shape) for \(rays.count) rays of a \(size)-pixel picture")
        var rows: [Int] = []
        var x: [Double] = []
        var y: [Double] = []
        rendering.outputs.withUnsafeBuffer { seen in
            picture.withUnsafeBuffer { p in
                depth.withUnsafeBuffer { d in
                    for i in 0..<rays.count where p[4 * i + 3] > 0.9 {
                        let row = (rays.lowerBound + i) * RayOutput.count
                        guard seen[row + RayOutput.opacity] > 0.5 else { continue }
                        let v = i / size * depth.shape[0] / size, u = i % size * depth.shape[1] / size
                        rows.append(row)
                        x.append(Double(seen[row + RayOutput.depth] / seen[row + RayOutput.opacity]))
                        y.append(Double(d[v * depth.shape[1] + u]))
                    }
                }
            }
        }
        let n = Double(x.count)
        guard n >= 16 else { return 0 }
        let meanX = x.reduce(0, +) / n, meanY = y.reduce(0, +) / n
        let xx = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        let yy = y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
        guard xx > 1e-12, yy > 1e-12 else { return 0 }
        let xy = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let norm = (xx * yy).squareRoot(), correlation = xy / norm
        rendering.outputs.withUnsafeBuffer { seen in
            outputs.withUnsafeMutableBuffer { out in
                for (i, row) in rows.enumerated() {
                    let slope = (y[i] - meanY) / norm - correlation * (x[i] - meanX) / xx
                    let g = -weight * Float(slope), a = seen[row + RayOutput.opacity]
                    out[row + RayOutput.depth] += g / a
                    out[row + RayOutput.opacity] -= g * Float(x[i]) / a
                }
            }
        }
        return Double(weight) * (1 - correlation)
    }
}
