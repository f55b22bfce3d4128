// One channel of a picture as plain numbers, with the few filters that scores need.

import Arrays
import Images

/// A channel, row by row from the top.
struct Plane: Sendable {
    let width: Int
    let height: Int
    var values: [Float]

    init(width: Int, height: Int, values: [Float]) {
        precondition(values.count == width * height, "Plane: \(values.count) values for \(width)×\(height)")
        (self.width, self.height, self.values) = (width, height, values)
    }

    /// A weighted sum of a picture's first three channels (grey counts as all three).
    init(_ image: Image, weights: SIMD3<Float>) {
        let c = image.channels
        self.init(
            width: image.width, height: image.height,
            values: image.pixels.withUnsafeBuffer { pixels in
                (0..<image.width * image.height).map { i in
                    c < 3
                        ? pixels[i * c] * weights.sum()
                        : pixels[i * c] * weights.x + pixels[i * c + 1] * weights.y + pixels[i * c + 2]
                            * weights.z
                }
            })
    }

    /// Luma of ITU-R BT.601.
    static func luma(_ image: Image) -> Plane { Plane(image, weights: [0.299, 0.587, 0.114]) }

    /// Row by row product.
    func times(_ other: Plane) -> Plane {
        Plane(width: width, height: height, values: zip(values, other.values).map(*))
    }

    /// Filtered along rows by one kernel and along columns by another, both of odd length; edges repeat.
    func filtered(rows: [Float], columns: [Float]) -> Plane { along(rows, 1).along(columns, width) }

    /// Gaussian blur.
    func blurred(_ sigma: Float) -> Plane {
        let kernel = Plane.gaussian(sigma)
        return filtered(rows: kernel, columns: kernel)
    }

    /// Half the size, every second pixel of a slight blur.
    var halved: Plane {
        let soft = blurred(0.8), w = (width + 1) / 2, h = (height + 1) / 2
        return Plane(
            width: w, height: h, values: (0..<w * h).map { soft.values[($0 / w) * 2 * width + ($0 % w) * 2] })
    }

    /// Weights that add up to 1 over three standard deviations.
    static func gaussian(_ sigma: Float) -> [Float] {
        let reach = max(1, Int((3 * sigma).rounded(.up)))
        let weights = (-reach...reach).map { exponential(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    private func along(_ kernel: [Float], _ stride: Int) -> Plane {
        let reach = kernel.count / 2, (w, h) = (width, height)
        var out = [Float](repeating: 0, count: values.count)
        values.withUnsafeBufferPointer { source in
            out.withUnsafeMutableBufferPointer { target in
                nonisolated(unsafe) let (source, target) = (source, target)
                parallelFor(h, chunk: max(1, 65_536 / max(1, w * kernel.count))) { rows in
                    for y in rows {
                        for (tap, weight) in kernel.enumerated() {
                            let offset = tap - reach
                            for x in 0..<w {
                                let from =
                                    stride == 1
                                    ? y * w + min(max(x + offset, 0), w - 1)
                                    : min(max(y + offset, 0), h - 1) * w + x
                                target[y * w + x] += weight * source[from]
                            }
                        }
                    }
                }
            }
        }
        return Plane(width: w, height: h, values: out)
    }
}
