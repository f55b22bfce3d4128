// Resizing of 8-bit images, bit-identical to Pillow.

import Arrays

extension Image {
    /// The samples of the image at another size, as Pillow's `Image.resize` gives them.
    ///
    /// Models were trained on this preprocessing: 22-bit fixed-point weights, first along rows, then along columns,
    /// with rounding and clamping to 8 bits after each. Source: Pillow `Resample.c` (release 13 filters columns first
    /// for some images, which changes a few samples by one).
    package func resizedBytes(width: Int, height: Int, filter: ResampleFilter) -> [UInt8] {
        precondition(
            width > 0 && height > 0 && filter != .nearest, "Image.resizedBytes: to \(width)×\(height)")
        var result = bytes
        if width != self.width {
            let taps = FixedTaps(input: self.width, output: width, filter: filter)
            result = resampled(
                result, lines: self.height, taps, step: channels, lineStep: (self.width, width))
        }
        if height != self.height {
            let taps = FixedTaps(input: self.height, output: height, filter: filter)
            result = resampled(
                result, lines: 1, taps, step: width * channels, lineStep: (self.height, height))
        }
        return result
    }
}

/// Weights of each output sample as multiples of 2⁻²².
private struct FixedTaps: Sendable {
    static let bits = 22
    private(set) var starts: [Int] = []
    private(set) var weights: [[Int32]] = []

    init(input: Int, output: Int, filter: ResampleFilter) {
        let scale = Double(input) / Double(output)
        let widening = max(scale, 1)
        let support = filter.support * widening
        for index in 0..<output {
            let center = (Double(index) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let last = max(first + 1, min(input, Int(center + support + 0.5)))
            let row = (first..<last).map { filter.weight((Double($0) - center + 0.5) / widening) }
            let total = row.reduce(0, +)
            starts.append(first)
            weights.append(
                row.map { Int32(($0 / total * Double(1 << Self.bits)).rounded(.toNearestOrAwayFromZero)) })
        }
    }
}

/// Resizes `lines` lines of samples whose elements are groups of `step` bytes.
/// - Parameter lineStep: groups per line before and after.
private func resampled(
    _ source: [UInt8], lines: Int, _ taps: FixedTaps, step: Int, lineStep: (input: Int, output: Int)
) -> [UInt8] {
    let count = lineStep.output
    return [UInt8](unsafeUninitializedCapacity: lines * count * step) { buffer, written in
        source.withUnsafeBufferPointer { input in
            guard let from = input.baseAddress, let to = buffer.baseAddress else { return }
            // Each output group is written by one chunk only.
            nonisolated(unsafe) let (x, y) = (from, to)
            parallelFor(lines * count, chunk: max(1, 8192 / step)) { groups in
                for group in groups {
                    let (line, index) = (group / count, group % count)
                    let weights = taps.weights[index]
                    let first = x + (line * lineStep.input + taps.starts[index]) * step
                    let out = y + group * step
                    for channel in 0..<step {
                        var sum: Int32 = 1 << (Int32(FixedTaps.bits) - 1)
                        for tap in weights.indices {
                            sum += Int32(first[tap * step + channel]) * weights[tap]
                        }
                        out[channel] = UInt8(max(0, min(255, sum >> Int32(FixedTaps.bits))))
                    }
                }
            }
        }
        written = lines * count * step
    }
}
