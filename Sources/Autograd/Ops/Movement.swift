// Reshaping, transposition, concatenation, slicing, padding and gathering.
public import Arrays

extension Tensor {
    /// The same scalars under another shape; one extent may be -1.
    public func reshaped(_ shape: [Int]) -> Tensor {
        let old = self.shape
        return Tensor.recorded(value.reshaped(shape), self) { $0.reshaped(old) }
    }

    /// Dimensions in the order `axes`: result extent `i` is `shape[axes[i]]`.
    public func transposed(_ axes: [Int]) -> Tensor {
        var inverse = axes
        for (i, axis) in axes.enumerated() where inverse.indices.contains(axis) { inverse[axis] = i }
        let back = inverse
        return Tensor.recorded(value.transposed(axes), self) { $0.transposed(back) }
    }

    /// Tensors concatenated along `axis`.
    public static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
        let k = axis < 0 ? axis + (parts.first?.rank ?? 0) : axis
        let widths = parts.map { $0.shape[k] }
        return recorded(NDArray.concatenated(parts.map(\.value), axis: k), parts) { g, needed in
            var start = 0
            return zip(widths, needed).map { width, wanted in
                defer { start += width }
                return wanted ? g.sliced(axis: k, start..<start + width) : nil
            }
        }
    }

    /// Entries `range` along `axis`.
    public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
        let k = axis < 0 ? axis + rank : axis
        let extent = shape[k]
        return Tensor.recorded(value.sliced(axis: k, range), self) {
            $0.padded(axis: k, before: range.lowerBound, after: extent - range.upperBound)
        }
    }

    /// Zero padding before and after along `axis`.
    public func padded(axis: Int, before: Int, after: Int) -> Tensor {
        let k = axis < 0 ? axis + rank : axis
        let extent = shape[k]
        return Tensor.recorded(value.padded(axis: k, before: before, after: after), self) {
            $0.sliced(axis: k, before..<before + extent)
        }
    }

    /// Zero padding around the pixels of `[batch, height, width, channels]`.
    public func padded(_ padding: Padding) -> Tensor {
        padded(axis: 1, before: padding.top, after: padding.bottom)
            .padded(axis: 2, before: padding.left, after: padding.right)
    }

    /// Equal parts along `axis`.
    public func split(_ parts: Int, axis: Int) -> [Tensor] {
        let k = axis < 0 ? axis + rank : axis
        precondition(parts > 0 && shape[k] % parts == 0, "split: \(shape) on axis \(axis) in \(parts)")
        let width = shape[k] / parts
        return (0..<parts).map { sliced(axis: k, $0 * width..<($0 + 1) * width) }
    }

    /// Rows of a table `[count, …]` by index: `[rows.count, …]`.
    public func gathered(rows: [Int]) -> Tensor {
        let count = shape[0]
        return Tensor.recorded(value.gathered(rows: rows), self) { $0.scattered(rows: rows, count: count) }
    }
}
