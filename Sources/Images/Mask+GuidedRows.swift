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
            width: max(1, Int(Float(large.width) / reduction)), height: max(1, Int(Float(large.height) / reduction))
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
                    var colours = [Float](repeating: 0, count: 3 * w), inside = [Float](repeating: 0, count: w)
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

/// Means over windows along one row, by differences of prefix sums.
private struct RowMeans {
    private let length: Int
    private let channels: Int
    private let radius: Int
    private var sums: [Double]

    init(length: Int, channels: Int, radius: Int) {
        (self.length, self.channels, self.radius) = (length, channels, radius)
        // The first element remains zero.
        sums = [Double](repeating: 0, count: (length + 1) * channels)
    }

    mutating func means(of values: [Float], into out: UnsafeMutablePointer<Float>) {
        let (length, channels, radius) = (length, channels, radius)
        values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                for i in 0..<length * channels { sums[i + channels] = sums[i] + Double(values[i]) }
                for i in 0..<length {
                    let (low, high) = (max(0, i - radius), min(length, i + radius + 1))
                    for k in 0..<channels {
                        out[i * channels + k] = Float(
                            (sums[high * channels + k] - sums[low * channels + k]) / Double(high - low))
                    }
                }
            }
        }
    }
}

/// Means over windows along the columns of rows that come one after the other.
private struct ColumnMeans {
    private let length: Int
    private let width: Int
    private let radius: Int
    /// The last prefix sums, as many as a window needs; sum `n` is that of the first `n` rows.
    private var sums: [[Double]]
    private var summed = 0
    private var next: [Float]

    init(length: Int, width: Int, radius: Int) {
        (self.length, self.width, self.radius) = (length, width, radius)
        sums = Array(repeating: [Double](repeating: 0, count: width), count: 2 * radius + 2)
        next = [Float](repeating: 0, count: width)
    }

    /// Writes the means at row `row`; later calls ask for later rows.
    /// - Parameter source: gives each row of the input once, in order.
    mutating func row(
        _ row: Int, into out: UnsafeMutablePointer<Float>,
        _ source: (_ row: Int, _ out: UnsafeMutablePointer<Float>) -> Void
    ) {
        let (low, high) = (max(0, row - radius), min(length, row + radius + 1))
        while summed < high {
            source(summed, &next)
            let (from, to) = (summed % sums.count, (summed + 1) % sums.count)
            for i in 0..<width { sums[to][i] = sums[from][i] + Double(next[i]) }
            summed += 1
        }
        let (first, last) = (sums[low % sums.count], sums[high % sums.count])
        for i in 0..<width { out[i] = Float((last[i] - first[i]) / Double(high - low)) }
    }
}
