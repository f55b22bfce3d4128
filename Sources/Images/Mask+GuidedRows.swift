// The guided filter row by row, for masks of many pixels: the same numbers, little memory.

import Arrays

/// Thresholds of the two ways to compute the filter.
enum GuidedRows {
    /// Masks of more pixels are filtered row by row, on one thread.
    static let least = 8 << 20
}

extension Mask {
    /// `guided(by:radius:epsilon:)` of the part of a mask in a rectangle, row by row.
    /// - Parameters:
    ///   - picture: RGB, of the mask's size.
    /// - Returns: of the rectangle's size.
    package func guided(
        by picture: Image, in rectangle: PixelRectangle, radius: Float, epsilon: Float = 1e-4
    ) -> Mask {
        precondition(
            picture.width == width && picture.height == height && picture.channels == 3,
            "Mask.guided: a picture \(picture.pixels.shape) for a mask of \(width) x \(height)")
        let (wide, stride) = (rectangle.width, width)
        let start = rectangle.top * stride + rectangle.left
        guard radius >= 1 else { return part(rectangle) }
        let reduction = max(1, radius / 16)
        let large = (width: wide, height: rectangle.height)
        let small = (
            width: max(1, Int(Float(large.width) / reduction)),
            height: max(1, Int(Float(large.height) / reduction))
        )
        let reach = Int((radius / reduction).rounded())
        return Mask(
            values.withUnsafeBuffer { mask in
                picture.pixels.withUnsafeBuffer { colour in
                    var guide = ResampledRows(
                        from: large, to: small, channels: 3, filter: .box, isClamped: true
                    ) { row, out in
                        let from = 3 * (start + row * stride)
                        for i in 0..<3 * wide { out[i] = colour[from + i] }
                    }
                    var input = ResampledRows(
                        from: large, to: small, channels: 1, filter: .box, isClamped: true
                    ) { row, out in
                        for i in 0..<wide { out[i] = mask[start + row * stride + i] }
                    }
                    let w = small.width
                    var colours = [Float](repeating: 0, count: 3 * w),
                        inside = [Float](repeating: 0, count: w)
                    var moments = [Float](repeating: 0, count: 13 * w), means = moments
                    var models = [Float](repeating: 0, count: 4 * w)
                    var acrossMoments = RowMeans(length: w, channels: 13, radius: reach)
                    var acrossModels = RowMeans(length: w, channels: 4, radius: reach)
                    var windows = ColumnMeans(length: small.height, width: 13 * w, radius: reach)
                    var smooth = ColumnMeans(length: small.height, width: 4 * w, radius: reach)
                    func modelRow(_ row: Int, _ out: UnsafeMutablePointer<Float>) {
                        smooth.row(row, into: out) { row, out in
                            windows.row(row, into: &means) { row, out in
                                guide.row(row, into: &colours)
                                input.row(row, into: &inside)
                                for x in 0..<w {
                                    let pixel = GuidedFilter.moments(
                                        colours[3 * x], colours[3 * x + 1], colours[3 * x + 2], inside[x])
                                    for k in 0..<13 { moments[13 * x + k] = pixel[k] }
                                }
                                acrossMoments.means(of: moments, into: out)
                            }
                            means.withUnsafeBufferPointer { means in
                                for x in 0..<w {
                                    let model = GuidedFilter.linear(means, at: 13 * x, epsilon)
                                    for k in 0..<4 { models[4 * x + k] = model[k] }
                                }
                            }
                            acrossModels.means(of: models, into: out)
                        }
                    }
                    return withoutActuallyEscaping(modelRow) { modelRow in
                        var rows = ResampledRows(
                            from: small, to: large, channels: 4, filter: .bilinear, isClamped: false,
                            source: modelRow)
                        var a = [Float](repeating: 0, count: 4 * wide)
                        return NDArray(shape: [large.height, wide]) { out in
                            for y in 0..<large.height {
                                rows.row(y, into: &a)
                                for x in 0..<wide {
                                    let at = 3 * (start + y * stride + x)
                                    let value =
                                        a[4 * x] * colour[at] + a[4 * x + 1] * colour[at + 1]
                                        + a[4 * x + 2] * colour[at + 2] + a[4 * x + 3]
                                    out[y * wide + x] = max(0, min(1, value))
                                }
                            }
                        }
                    }
                }
            })
    }

    /// A mask of that size that is this one in a rectangle of this one's size, and 0 elsewhere.
    package func placed(_ rectangle: PixelRectangle, width: Int, height: Int) -> Mask {
        guard rectangle.width != width || rectangle.height != height else { return self }
        var whole = Mask(width: width, height: height, value: 0).image
        whole.paste(image, left: rectangle.left, top: rectangle.top)
        return Mask(whole.pixels.reshaped([height, width]))
    }

    /// The part of a mask in a rectangle.
    package func part(_ rectangle: PixelRectangle) -> Mask {
        guard rectangle != image.bounds else { return self }
        return Mask(
            image.cropped(to: rectangle).pixels.reshaped([rectangle.height, rectangle.width]))
    }
}
