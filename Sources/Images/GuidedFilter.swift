// Guided filter: edge-aware smoothing of masks.

import Arrays

extension Mask {
    /// The mask as a locally linear function of the image's colours, so that their edges coincide.
    ///
    /// The colour guided filter of He, Sun and Tang (Guided Image Filtering, 2013, equations 19 to 21), with its
    /// coefficients found at reduced resolution (He and Sun, Fast Guided Filter, 2015).
    /// - Parameters:
    ///   - picture: RGB, of the mask's size.
    ///   - radius: of the windows, pixels: about the maximum error of the mask's edge.
    ///   - epsilon: squared colour contrast, values in [0, 1], below which a window counts as uniform.
    package func guided(by picture: Image, radius: Float, epsilon: Float = 1e-4) -> Mask {
        precondition(
            picture.width == width && picture.height == height && picture.channels == 3,
            "Mask.guided: a picture \(picture.pixels.shape) for a mask of \(width) x \(height)")
        guard radius >= 1 else { return self }
        if width * height > GuidedRows.least {
            return guided(by: picture, in: picture.bounds, radius: radius, epsilon: epsilon)
        }
        // Windows of this radius have enough samples; a fixed radius bounds the cost.
        let reduction = max(1, radius / 16)
        let (w, h) = (max(1, Int(Float(width) / reduction)), max(1, Int(Float(height) / reduction)))
        let guide = picture.resized(width: w, height: h, filter: .box).pixels
        let mask = image.resized(width: w, height: h, filter: .box).pixels
        let small = GuidedFilter(width: w, height: h, radius: Int((radius / reduction).rounded()))
            .coefficients(guide: guide, input: mask, epsilon: epsilon)
        let coefficients = resampled(
            small.reshaped([h, w, 4]), width: width, height: height, filter: .bilinear, clamped: false)
        return Mask(
            coefficients.withUnsafeBuffer { a in
                picture.pixels.withUnsafeBuffer { colour in
                    NDArray(shape: [height, width]) { out in
                        nonisolated(unsafe) let (a, colour, out) = (a, colour, out)
                        parallelFor(out.count, chunk: 16384) { range in
                            for i in range {
                                let value =
                                    a[4 * i] * colour[3 * i] + a[4 * i + 1] * colour[3 * i + 1]
                                    + a[4 * i + 2] * colour[3 * i + 2] + a[4 * i + 3]
                                out[i] = max(0, min(1, value))
                            }
                        }
                    }
                }
            })
    }
}

/// The linear model of a mask in an image's colours, window by window.
struct GuidedFilter {
    let width: Int
    let height: Int
    let radius: Int

    /// Averaged coefficients `[height * width * 4]`: three for the colours and the constant.
    func coefficients(guide: NDArray, input: NDArray, epsilon: Float) -> NDArray {
        windowMeans(linear(windowMeans(moments(guide, input), channels: 13), epsilon), channels: 4)
    }

    /// Colour, mask, mask times colour, and the six pairwise products of colours.
    private func moments(_ guide: NDArray, _ input: NDArray) -> NDArray {
        guide.withUnsafeBuffer { guide in
            input.withUnsafeBuffer { input in
                perPixel(13) { i, out in
                    let row = Self.moments(guide[3 * i], guide[3 * i + 1], guide[3 * i + 2], input[i])
                    for k in 0..<13 { out[k] = row[k] }
                }
            }
        }
    }

    /// The thirteen moments of one pixel.
    static func moments(_ r: Float, _ g: Float, _ b: Float, _ p: Float) -> SIMD16<Float> {
        SIMD16(r, g, b, p, p * r, p * g, p * b, r * r, r * g, r * b, g * g, g * b, b * b, 0, 0, 0)
    }

    /// The linear model of every window, from the means of its moments.
    private func linear(_ means: NDArray, _ epsilon: Float) -> NDArray {
        means.withUnsafeBuffer { means in
            perPixel(4) { i, out in
                let model = Self.linear(means, at: 13 * i, epsilon)
                for k in 0..<4 { out[k] = model[k] }
            }
        }
    }

    /// The linear model of one window, from the means of its moments at `at`.
    static func linear(
        _ means: UnsafeBufferPointer<Float>, at: Int, _ epsilon: Float
    ) -> SIMD4<Float> {
        let mean = SIMD3(means[at], means[at + 1], means[at + 2]), p = means[at + 3]
        let covariance = SIMD3(means[at + 4], means[at + 5], means[at + 6]) - p * mean
        let a = solved(
            rr: means[at + 7] - mean.x * mean.x + epsilon, rg: means[at + 8] - mean.x * mean.y,
            rb: means[at + 9] - mean.x * mean.z, gg: means[at + 10] - mean.y * mean.y + epsilon,
            gb: means[at + 11] - mean.y * mean.z, bb: means[at + 12] - mean.z * mean.z + epsilon,
            covariance)
        return SIMD4(a, p - (a * mean).sum())
    }

    /// `[height * width * channels]`, pixel by pixel.
    private func perPixel(
        _ channels: Int, _ body: (_ pixel: Int, _ out: UnsafeMutableBufferPointer<Float>) -> Void
    ) -> NDArray {
        NDArray(shape: [width * height * channels]) { out in
            nonisolated(unsafe) let (out, body) = (out, body)
            parallelFor(width * height, chunk: 4096) { range in
                for i in range {
                    body(i, UnsafeMutableBufferPointer(rebasing: out[channels * i..<channels * (i + 1)]))
                }
            }
        }
    }

    /// Solves a symmetric 3 × 3 system by Cramer's rule; epsilon on the diagonal keeps it regular.
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

    /// The mean of every channel over the window around each pixel, clipped to the image.
    private func windowMeans(_ values: NDArray, channels: Int) -> NDArray {
        let row = width * channels
        let across = means(
            values, lines: height, lineStride: row, length: width, step: channels
        ) { _ in channels }
        // Blocks of adjacent elements of a row, processed down the image.
        let strip = 64
        return means(
            across, lines: (row + strip - 1) / strip, lineStride: strip, length: height, step: row
        ) { min(strip, row - $0 * strip) }
    }

    /// Means along one direction.
    /// - Parameters:
    ///   - lineStride: numbers from one line to the next.
    ///   - length: elements of a line, `step` numbers apart.
    ///   - span: adjacent numbers per element of a line.
    private func means(
        _ values: NDArray, lines: Int, lineStride: Int, length: Int, step: Int, span: @Sendable (Int) -> Int
    ) -> NDArray {
        values.withUnsafeBuffer { values in
            NDArray(shape: [values.count]) { out in
                nonisolated(unsafe) let (values, out) = (values, out)
                parallelFor(lines, chunk: 8) { range in
                    var sums: [Double] = []
                    for line in range {
                        lineMeans(
                            values, from: line * lineStride, length: length, step: step, span: span(line),
                            sums: &sums, out)
                    }
                }
            }
        }
    }

    /// Means along one line, by differences of prefix sums.
    /// - Parameter sums: scratch of `length + 1` elements, reused between lines.
    private func lineMeans(
        _ values: UnsafeBufferPointer<Float>, from first: Int, length: Int, step: Int, span: Int,
        sums: inout [Double], _ out: UnsafeMutableBufferPointer<Float>
    ) {
        // The first element remains zero.
        if sums.count != (length + 1) * span { sums = [Double](repeating: 0, count: (length + 1) * span) }
        sums.withUnsafeMutableBufferPointer { sums in
            for i in 0..<length {
                for k in 0..<span {
                    sums[(i + 1) * span + k] = sums[i * span + k] + Double(values[first + i * step + k])
                }
            }
            for i in 0..<length {
                let (low, high) = (max(0, i - radius), min(length, i + radius + 1))
                for k in 0..<span {
                    out[first + i * step + k] = Float(
                        (sums[high * span + k] - sums[low * span + k]) / Double(high - low))
                }
            }
        }
    }
}
