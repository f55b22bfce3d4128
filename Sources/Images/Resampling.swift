// Antialiased resizing as in Pillow.

package import Arrays
import Foundation

/// Resampling filters.
public enum ResampleFilter: Sendable {
    /// Nearest neighbour.
    case nearest
    /// The mean over the pixel's area.
    case box
    /// Linear (triangle filter).
    case bilinear
    /// A cubic with a = −0.5 (Keys, 1981).
    case bicubic
    /// A sinc windowed by a wider sinc, three lobes.
    case lanczos

    /// Half the filter's width, in pixels of the coarser grid.
    var support: Double {
        switch self {
        case .nearest: 0
        case .box: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    func weight(_ x: Double) -> Double {
        let x = abs(x)
        switch self {
        case .nearest: return 1
        case .box: return x <= 0.5 ? 1 : 0
        case .bilinear: return max(0, 1 - x)
        case .bicubic:
            if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
            return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
        case .lanczos:
            guard x > 0 else { return 1 }
            guard x < 3 else { return 0 }
            let angle = x * Double.pi
            return sin(angle) / angle * sin(angle / 3) / (angle / 3)
        }
    }
}

extension Image {
    /// The image at another size, equal to Pillow's `Image.resize` within 1/255.
    ///
    /// When shrinking, filters are widened by the scale factor to avoid aliasing. Images with alpha are filtered
    /// premultiplied, so that transparent pixels do not affect the colour of their neighbours.
    /// - Precondition: both sides are above zero.
    public func resized(width: Int, height: Int, filter: ResampleFilter = .bicubic) -> Image {
        precondition(width > 0 && height > 0, "Image.resized: to \(width)×\(height)")
        guard width != self.width || height != self.height else { return self }
        if hasAlpha, filter != .nearest {
            return Image(
                premultiplied: resampled(
                    premultiplied(), width: width, height: height, filter: filter, clamped: true))
        }
        return Image(resampled(pixels, width: width, height: height, filter: filter, clamped: true))
    }

    /// The image scaled so that its longer side is `side`, the shorter one rounded to at least one pixel.
    public func resized(longerSide side: Int, filter: ResampleFilter = .bicubic) -> Image {
        let scale = Double(side) / Double(max(width, height))
        return resized(
            width: max(1, Int((Double(width) * scale).rounded())),
            height: max(1, Int((Double(height) * scale).rounded())), filter: filter)
    }
}

/// Resizes `[height, width, channels]`, first along rows, then along columns.
/// - Parameter clamped: whether to clamp to [0, 1] after each direction, as for 8-bit images.
package func resampled(
    _ array: NDArray, width: Int, height: Int, filter: ResampleFilter, clamped: Bool
) -> NDArray {
    precondition(array.rank == 3 && array.count > 0, "resampled: shape \(array.shape)")
    var result = array
    if width != array.shape[1] { result = resampledRows(result, width: width, filter, clamped) }
    if height != array.shape[0] { result = resampledColumns(result, height: height, filter, clamped) }
    return result
}

/// Inputs and weights of each output along one direction.
struct ResampleTaps: Sendable {
    let starts: [Int]
    let counts: [Int]
    /// Weights of output `i` begin at `i * stride`.
    let weights: [Float]
    let stride: Int

    /// Weights of `output` samples over `input` samples, pixel centres at +0.5.
    ///
    /// Source: the coefficients of Pillow's `Resample.c`, which rounds the window's ends to whole pixels.
    init(input: Int, output: Int, filter: ResampleFilter) {
        let scale = Double(input) / Double(output)
        let widening = max(scale, 1)
        let support = filter.support * widening
        var starts: [Int] = []
        var rows: [[Double]] = []
        for index in 0..<output {
            let center = (Double(index) + 0.5) * scale
            guard filter != .nearest else {
                starts.append(min(input - 1, Int(center)))
                rows.append([1])
                continue
            }
            let first = max(0, Int(center - support + 0.5))
            let last = min(input, Int(center + support + 0.5))
            let row = (first..<max(last, first + 1)).map {
                filter.weight((Double($0) - center + 0.5) / widening)
            }
            let total = row.reduce(0, +)
            starts.append(first)
            rows.append(row.map { $0 / total })
        }
        let stride = rows.map(\.count).max() ?? 1
        var weights = [Float](repeating: 0, count: stride * output)
        for (index, row) in rows.enumerated() {
            for (tap, weight) in row.enumerated() { weights[index * stride + tap] = Float(weight) }
        }
        self.starts = starts
        counts = rows.map(\.count)
        self.weights = weights
        self.stride = stride
    }
}

private func resampledRows(_ array: NDArray, width: Int, _ filter: ResampleFilter, _ clamped: Bool) -> NDArray
{
    let (h, w, c) = (array.shape[0], array.shape[1], array.shape[2])
    let taps = ResampleTaps(input: w, output: width, filter: filter)
    return array.withUnsafeBuffer { source in
        NDArray(shape: [h, width, c]) { buffer in
            guard let first = source.baseAddress, let target = buffer.baseAddress else { return }
            // Each row is written by one chunk only.
            nonisolated(unsafe) let (input, output) = (first, target)
            parallelFor(h, chunk: rowChunk(max(w, width) * c)) { rows in
                for row in rows {
                    let (from, to) = (input + row * w * c, output + row * width * c)
                    switch c {
                    case 3: resampleRow3(from, to, width, taps)
                    case 4: resampleRow4(from, to, width, taps)
                    default: resampleRow(from, to, width, c, taps)
                    }
                    if clamped { clamp(UnsafeMutableBufferPointer(start: to, count: width * c)) }
                }
            }
        }
    }
}

func resampleRow(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ width: Int, _ c: Int,
    _ taps: ResampleTaps
) {
    taps.weights.withUnsafeBufferPointer { weights in
        for x in 0..<width {
            let start = taps.starts[x]
            for channel in 0..<c {
                var sum: Float = 0
                for tap in 0..<taps.counts[x] {
                    sum += weights[x * taps.stride + tap] * from[(start + tap) * c + channel]
                }
                to[x * c + channel] = sum
            }
        }
    }
}

func resampleRow3(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ width: Int, _ taps: ResampleTaps
) {
    taps.weights.withUnsafeBufferPointer { weights in
        for x in 0..<width {
            var (red, green, blue): (Float, Float, Float) = (0, 0, 0)
            var pixel = from + taps.starts[x] * 3
            for tap in 0..<taps.counts[x] {
                let weight = weights[x &* taps.stride &+ tap]
                red += weight * pixel[0]
                green += weight * pixel[1]
                blue += weight * pixel[2]
                pixel += 3
            }
            to[x * 3] = red
            to[x * 3 + 1] = green
            to[x * 3 + 2] = blue
        }
    }
}

func resampleRow4(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ width: Int, _ taps: ResampleTaps
) {
    taps.weights.withUnsafeBufferPointer { weights in
        let output = UnsafeMutableRawPointer(to)
        for x in 0..<width {
            var sum = SIMD4<Float>.zero
            var pixel = UnsafeRawPointer(from + taps.starts[x] * 4)
            for tap in 0..<taps.counts[x] {
                sum += weights[x &* taps.stride &+ tap] * pixel.loadUnaligned(as: SIMD4<Float>.self)
                pixel += 16
            }
            output.storeBytes(of: sum, toByteOffset: x * 16, as: SIMD4<Float>.self)
        }
    }
}

private func resampledColumns(
    _ array: NDArray, height: Int, _ filter: ResampleFilter, _ clamped: Bool
) -> NDArray {
    let (h, w, c) = (array.shape[0], array.shape[1], array.shape[2])
    let taps = ResampleTaps(input: h, output: height, filter: filter)
    let rowSize = w * c
    return array.withUnsafeBuffer { source in
        NDArray(shape: [height, w, c]) { buffer in
            guard let first = source.baseAddress, let target = buffer.baseAddress else { return }
            // Each row is written by one chunk only.
            nonisolated(unsafe) let (input, output) = (first, target)
            parallelFor(height, chunk: rowChunk(rowSize)) { rows in
                for row in rows {
                    let to = output + row * rowSize
                    for index in 0..<rowSize { to[index] = 0 }
                    for tap in 0..<taps.counts[row] {
                        let weight = taps.weights[row * taps.stride + tap]
                        let from = input + (taps.starts[row] + tap) * rowSize
                        for index in 0..<rowSize { to[index] += weight * from[index] }
                    }
                    if clamped { clamp(UnsafeMutableBufferPointer(start: to, count: rowSize)) }
                }
            }
        }
    }
}

func clamp(_ values: UnsafeMutableBufferPointer<Float>) {
    for index in values.indices {
        let value = values[index]
        values[index] = value > 0 ? (value < 1 ? value : 1) : 0
    }
}
