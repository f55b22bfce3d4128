// Pixel operations around the network: padding, windows, holes.

import Arrays
import Images

/// Padding of an image beyond its right and bottom border.
enum PictureExtension: Sendable {
    /// Reflection including the outermost pixels (NumPy's `symmetric`).
    case symmetric
    /// Reflection about the outermost pixels (PyTorch's `reflect`).
    case reflection

    /// The pixel within `0..<count` that position `i` ≥ 0 reads.
    func source(of i: Int, count: Int) -> Int {
        switch self {
        case .symmetric:
            let phase = i % (2 * count)
            return phase < count ? phase : 2 * count - 1 - phase
        case .reflection: return Border.reflection.source(of: i, count: count) ?? 0
        }
    }
}

extension NDArray {
    /// `[1, height, width, channels]` padded to multiples of `modulo`.
    func extended(toMultipleOf modulo: Int, by border: PictureExtension) -> NDArray {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let tall = (height + modulo - 1) / modulo * modulo, wide = (width + modulo - 1) / modulo * modulo
        if tall == height, wide == width { return self }
        let rows = (0..<tall).map { border.source(of: $0, count: height) }
        let columns = (width..<wide).map { border.source(of: $0, count: width) }
        let lines = reshaped([height, width * channels])
        let right = columns.map { lines.sliced(axis: 1, $0 * channels..<($0 + 1) * channels) }
        let broad = right.isEmpty ? lines : NDArray.concatenated([lines] + right, axis: 1)
        return broad.gathered(rows: rows).reshaped([1, tall, wide, channels])
    }

    /// 1 where above 0, else 0.
    func binary() -> NDArray {
        NDArray(shape: shape) { out in
            withUnsafeBuffer { values in
                for i in 0..<out.count { out[i] = values[i] > 0 ? 1 : 0 }
            }
        }
    }

    /// `other` where the hole `[1, height, width, 1]` is 1, else `self`, both `[1, height, width, channels]`.
    func filled(_ hole: NDArray, with other: NDArray) -> NDArray {
        precondition(
            shape == other.shape && hole.count * shape[3] == count,
            "filled: \(shape) with \(other.shape), \(hole.shape)")
        let channels = shape[3]
        var result = self
        result.withUnsafeMutableBuffer { out in
            hole.withUnsafeBuffer { hole in
                other.withUnsafeBuffer { other in
                    for p in 0..<hole.count where hole[p] > 0 {
                        for i in p * channels..<(p + 1) * channels { out[i] = other[i] }
                    }
                }
            }
        }
        return result
    }

    /// The part of `[1, height, width, channels]` inside `rectangle`.
    func cropped(_ rectangle: PixelRectangle) -> NDArray {
        sliced(axis: 1, rectangle.rows).sliced(axis: 2, rectangle.columns)
    }
}
