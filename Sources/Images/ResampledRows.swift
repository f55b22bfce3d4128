// Resizing row by row: the same numbers as `resampled`, without the whole of either array in memory.

import Arrays

extension Image {
    /// A part of the image at another size by the box filter, as `resized`, without a copy of the part.
    /// - Precondition: there is no alpha.
    package func reduced(_ part: PixelRectangle, width: Int, height: Int) -> Image {
        precondition(!hasAlpha, "Image.reduced: \(pixels.shape) has alpha")
        let (stride, c) = (self.width, channels)
        return Image(
            pixels.withUnsafeBuffer { values in
                NDArray(shape: [height, width, c]) { out in
                    guard let first = out.baseAddress else { return }
                    // The closure does not outlive the rows.
                    nonisolated(unsafe) let values = values
                    var rows = ResampledRows(
                        from: (part.width, part.height), to: (width, height), channels: c, filter: .box,
                        isClamped: true
                    ) { row, out in
                        let from = c * ((part.top + row) * stride + part.left)
                        for i in 0..<c * part.width { out[i] = values[from + i] }
                    }
                    for y in 0..<height { rows.row(y, into: first + y * width * c) }
                }
            })
    }
}

/// The rows of a resized array, computed in increasing order.
struct ResampledRows {
    /// Gives a row of the input: `width * channels` numbers at the pointer.
    typealias Source = (_ row: Int, _ out: UnsafeMutablePointer<Float>) -> Void

    private let input: (width: Int, height: Int)
    private let output: (width: Int, height: Int)
    private let channels: Int
    private let across: ResampleTaps?
    private let down: ResampleTaps?
    private let isClamped: Bool
    private let source: Source
    private var scratch: [Float]
    /// Rows of the input, resized along rows, that later rows of the output need; the first is row `first`.
    private var kept: [[Float]] = []
    private var first = 0

    /// - Parameter isClamped: whether to clamp to [0, 1] after each direction.
    init(
        from input: (width: Int, height: Int), to output: (width: Int, height: Int), channels: Int,
        filter: ResampleFilter, isClamped: Bool, source: @escaping Source
    ) {
        (self.input, self.output, self.channels) = (input, output, channels)
        (self.isClamped, self.source) = (isClamped, source)
        across =
            input.width == output.width
            ? nil : ResampleTaps(input: input.width, output: output.width, filter: filter)
        down =
            input.height == output.height
            ? nil : ResampleTaps(input: input.height, output: output.height, filter: filter)
        scratch = [Float](repeating: 0, count: input.width * channels)
    }

    /// Writes row `row` of the output; later calls ask for later rows.
    mutating func row(_ row: Int, into out: UnsafeMutablePointer<Float>) {
        let count = output.width * channels
        guard let down else {
            let values = resizedAcross(row)
            for i in 0..<count { out[i] = values[i] }
            return
        }
        let start = down.starts[row]
        while first < start, !kept.isEmpty {
            kept.removeFirst()
            first += 1
        }
        if kept.isEmpty { first = start }
        while first + kept.count < start + down.counts[row] { kept.append(resizedAcross(first + kept.count)) }
        for i in 0..<count { out[i] = 0 }
        for tap in 0..<down.counts[row] {
            let weight = down.weights[row * down.stride + tap]
            kept[start + tap - first].withUnsafeBufferPointer { from in
                for i in 0..<count { out[i] += weight * from[i] }
            }
        }
        if isClamped { clamp(UnsafeMutableBufferPointer(start: out, count: count)) }
    }

    private mutating func resizedAcross(_ row: Int) -> [Float] {
        let (source, channels, width) = (source, channels, output.width)
        guard let across else {
            return [Float](unsafeUninitializedCapacity: width * channels) { out, count in
                count = width * channels
                if let out = out.baseAddress { source(row, out) }
            }
        }
        return scratch.withUnsafeMutableBufferPointer { scratch in
            [Float](unsafeUninitializedCapacity: width * channels) { out, count in
                count = width * channels
                guard let from = scratch.baseAddress, let to = out.baseAddress else { return }
                source(row, from)
                switch channels {
                case 3: resampleRow3(from, to, width, across)
                case 4: resampleRow4(from, to, width, across)
                default: resampleRow(from, to, width, channels, across)
                }
                if isClamped { clamp(out) }
            }
        }
    }
}
