// One channel of a picture as plain numbers, with the filters that the scores need.

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

    /// Element-wise product.
    func times(_ other: Plane) -> Plane {
        Plane(width: width, height: height, values: zip(values, other.values).map(*))
    }

    /// Separable filter with odd kernels; edges are replicated.
    func filtered(rows: [Float], columns: [Float]) -> Plane {
        let plane = NDArray(values, shape: [height, width, 1])
        return Plane(
            width: width, height: height,
            values: separablyFiltered(plane, rows: rows, columns: columns).scalars)
    }

    /// Gaussian blur.
    func blurred(_ sigma: Float) -> Plane {
        let kernel = gaussianWeights(sigma)
        return filtered(rows: kernel, columns: kernel)
    }

    /// Downsampled by two after a slight blur.
    var halved: Plane {
        let soft = blurred(0.8), w = (width + 1) / 2, h = (height + 1) / 2
        return Plane(
            width: w, height: h, values: (0..<w * h).map { soft.values[($0 / w) * 2 * width + ($0 % w) * 2] })
    }
}
