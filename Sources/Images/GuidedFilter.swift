// Edge-aware smoothing: a mask that follows the colours of its picture.

import Arrays

extension Mask {
    /// The mask as a locally linear function of the picture's colours, so that its edge lies where theirs does.
    ///
    /// The colour guided filter of He, Sun and Tang (Guided Image Filtering, 2013, equations 19 to 21), with its
    /// coefficients found at reduced resolution (He and Sun, Fast Guided Filter, 2015).
    /// - Parameters:
    ///   - picture: RGB, of the mask's size.
    ///   - radius: of the windows, pixels: about as far as the mask's edge may be off.
    ///   - epsilon: squared colour contrast, values in [0, 1], below which a window counts as plain.
    package func guided(by picture: Image, radius: Float, epsilon: Float = 1e-4) -> Mask {
        precondition(
            picture.width == width && picture.height == height && picture.channels == 3,
            "Mask.guided: a picture \(picture.pixels.shape) for a mask of \(width) x \(height)")
        guard radius >= 1 else { return self }
        // Windows of this radius say as much as larger ones, at a fixed cost.
        let reduction = max(1, radius / 16)
        let (w, h) = (max(1, Int(Float(width) / reduction)), max(1, Int(Float(height) / reduction)))
        let guide = picture.resized(width: w, height: h, filter: .box).pixels
        let mask = image.resized(width: w, height: h, filter: .box).pixels
        let small = GuidedFilter(width: w, height: h, radius: Int((radius / reduction).rounded()))
            .coefficients(guide: guide.scalars, input: mask.scalars, epsilon: epsilon)
        let coefficients = resampled(
            NDArray(small, shape: [h, w, 4]), width: width, height: height, filter: .bilinear, clamped: false)
        return Mask(
            coefficients.withUnsafeBuffer { a in
                picture.pixels.withUnsafeBuffer { colour in
                    NDArray(shape: [height, width]) { out in
                        for i in out.indices {
                            let value =
                                a[4 * i] * colour[3 * i] + a[4 * i + 1] * colour[3 * i + 1] + a[4 * i + 2]
                                * colour[3 * i + 2] + a[4 * i + 3]
                            out[i] = max(0, min(1, value))
                        }
                    }
                }
            })
    }
}

/// The linear model of a mask in a picture's colours, window by window.
private struct GuidedFilter {
    let width: Int
    let height: Int
    let radius: Int

    /// Averaged coefficients `[height * width * 4]`: three for the colours and the constant.
    func coefficients(guide: [Float], input: [Float], epsilon: Float) -> [Float] {
        let count = width * height
        // Colour, mask, mask times colour, and the six products of colours.
        var moments = [Float](repeating: 0, count: count * 13)
        for i in 0..<count {
            let (r, g, b, p) = (guide[3 * i], guide[3 * i + 1], guide[3 * i + 2], input[i])
            let row = SIMD16(
                r, g, b, p, p * r, p * g, p * b, r * r, r * g, r * b, g * g, g * b, b * b, 0, 0, 0)
            for k in 0..<13 { moments[13 * i + k] = row[k] }
        }
        let means = windowMeans(moments, channels: 13)
        var linear = [Float](repeating: 0, count: count * 4)
        for i in 0..<count {
            let m = means[13 * i..<13 * i + 13]
            let at = m.startIndex
            let mean = SIMD3(m[at], m[at + 1], m[at + 2]), p = m[at + 3]
            let covariance = SIMD3(m[at + 4], m[at + 5], m[at + 6]) - p * mean
            let a = Self.solved(
                rr: m[at + 7] - mean.x * mean.x + epsilon, rg: m[at + 8] - mean.x * mean.y,
                rb: m[at + 9] - mean.x * mean.z, gg: m[at + 10] - mean.y * mean.y + epsilon,
                gb: m[at + 11] - mean.y * mean.z, bb: m[at + 12] - mean.z * mean.z + epsilon, covariance)
            for k in 0..<3 { linear[4 * i + k] = a[k] }
            linear[4 * i + 3] = p - (a * mean).sum()
        }
        return windowMeans(linear, channels: 4)
    }

    /// Solves a symmetric system of three by Cramer's rule; epsilon on the diagonal keeps it regular.
    private static func solved(
        rr: Float, rg: Float, rb: Float, gg: Float, gb: Float, bb: Float, _ v: SIMD3<Float>
    ) -> SIMD3<Float> {
        let (a, b, c) = (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg)
        let (d, e, f) = (rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg)
        let determinant = rr * a + rg * b + rb * c
        guard determinant > 1e-20 else { return .zero }
        return SIMD3(
            a * v.x + b * v.y + c * v.z, b * v.x + d * v.y + e * v.z, c * v.x + e * v.y + f * v.z)
            / determinant
    }

    /// The mean of every channel over the window round each pixel, as far as it lies inside.
    private func windowMeans(_ values: [Float], channels: Int) -> [Float] {
        let rows = means(
            values, lines: height, length: width, lineStride: width * channels, step: channels,
            channels: channels)
        return means(
            rows, lines: width, length: height, lineStride: channels, step: width * channels,
            channels: channels)
    }

    private func means(
        _ values: [Float], lines: Int, length: Int, lineStride: Int, step: Int, channels: Int
    ) -> [Float] {
        var result = values
        var sums = [Double](repeating: 0, count: length + 1)
        for line in 0..<lines {
            for channel in 0..<channels {
                let base = line * lineStride + channel
                for i in 0..<length { sums[i + 1] = sums[i] + Double(values[base + i * step]) }
                for i in 0..<length {
                    let (low, high) = (max(0, i - radius), min(length, i + radius + 1))
                    result[base + i * step] = Float((sums[high] - sums[low]) / Double(high - low))
                }
            }
        }
        return result
    }
}
