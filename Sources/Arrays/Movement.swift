// Transposition, concatenation, slicing, padding, and gathering of rows by index.

extension NDArray {
    /// The array with dimensions in the order `axes`: result extent `i` is `shape[axes[i]]`.
    package func transposed(_ axes: [Int]) -> NDArray {
        precondition(axes.sorted() == Array(0..<rank), "transposed: \(axes) is no order of \(shape)")
        let result = axes.map { shape[$0] }
        var strides = Array(repeating: 1, count: rank)
        for k in (0..<max(0, rank - 1)).reversed() { strides[k] = strides[k + 1] * shape[k + 1] }
        var dims: [Int] = [], steps: [Int] = []
        for axis in axes where shape[axis] != 1 {
            if let d = dims.indices.last, steps[d] == strides[axis] * shape[axis] {
                dims[d] *= shape[axis]
                steps[d] = strides[axis]
            } else {
                dims.append(shape[axis])
                steps.append(strides[axis])
            }
        }
        if dims.count <= 1 { return reshaped(result) }
        precondition(dims.count <= 8, "transposed: more than eight dimensions in \(shape)")
        let (d, s) = (dims, steps)
        return NDArray.build(result, keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(d[0], chunk: max(1, elementChunk * d[0] / count)) { r in
                Kernels.current.permute(x, y, dims: d, strides: s, r)
            }
        }
    }

    /// Arrays concatenated along `axis`; other extents must agree.
    package static func concatenated(_ parts: [NDArray], axis: Int) -> NDArray {
        guard let first = parts.first else { preconditionFailure("concatenated: no arrays") }
        let k = axis < 0 ? axis + first.rank : axis
        precondition(k >= 0 && k < first.rank, "concatenated: axis \(axis) of \(first.shape)")
        var shape = first.shape
        for part in parts.dropFirst() {
            var other = part.shape
            precondition(other.count == shape.count, "concatenated: \(first.shape) and \(part.shape)")
            other[k] = first.shape[k]
            precondition(
                other == first.shape, "concatenated: \(first.shape) and \(part.shape) on axis \(axis)")
            shape[k] += part.shape[k]
        }
        let outer = elementCount(Array(shape[..<k])), inner = elementCount(Array(shape[(k + 1)...]))
        let row = shape[k] * inner
        let result = NDArray.build(shape) { out in
            nonisolated(unsafe) let y = out
            var start = 0
            for part in parts {
                let width = part.shape[k] * inner, offset = start
                nonisolated(unsafe) let x = part.pointer
                parallelFor(outer, chunk: max(1, elementChunk / max(1, width))) { r in
                    Kernels.current.copyRows(
                        x + r.lowerBound * width, stride: width, y + r.lowerBound * row + offset, stride: row,
                        rows: r.count, cols: width)
                }
                start += width
            }
        }
        withExtendedLifetime(parts) {}
        return result
    }

    /// Entries `range` along `axis`.
    package func sliced(axis: Int, _ range: Range<Int>) -> NDArray {
        let k = axis < 0 ? axis + rank : axis
        precondition(
            k >= 0 && k < rank && range.lowerBound >= 0 && range.upperBound <= shape[k],
            "sliced: \(range) on axis \(axis) of \(shape)")
        if k == 0 { return leading(range) }
        let outer = elementCount(Array(shape[..<k])), inner = elementCount(Array(shape[(k + 1)...]))
        let row = shape[k] * inner, width = range.count * inner
        var result = shape
        result[k] = range.count
        return NDArray.build(result, keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer + range.lowerBound * inner, out)
            parallelFor(outer, chunk: max(1, elementChunk / width)) { r in
                Kernels.current.copyRows(
                    x + r.lowerBound * row, stride: row, y + r.lowerBound * width, stride: width,
                    rows: r.count,
                    cols: width)
            }
        }
    }

    /// Padding by zeros (or `value`) before and after along `axis`.
    package func padded(axis: Int, before: Int, after: Int, value: Float = 0) -> NDArray {
        let k = axis < 0 ? axis + rank : axis
        precondition(
            k >= 0 && k < rank && before >= 0 && after >= 0,
            "padded: (\(before), \(after)) on axis \(axis) of \(shape)")
        if before == 0, after == 0 { return self }
        var head = shape, tail = shape
        head[k] = before
        tail[k] = after
        let parts = [
            before > 0 ? NDArray.full(value, head) : nil, self, after > 0 ? NDArray.full(value, tail) : nil,
        ]
        return NDArray.concatenated(parts.compactMap { $0 }, axis: k)
    }

    /// Rows of a table `[count, …]` by index.
    package func gathered(rows: [Int]) -> NDArray {
        precondition(rank >= 1, "gathered: needs rows")
        let width = elementCount(Array(shape.dropFirst()))
        for i in rows { precondition(i >= 0 && i < shape[0], "gathered: row \(i) is outside \(shape)") }
        return NDArray.build([rows.count] + shape.dropFirst(), keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(rows.count, chunk: max(1, elementChunk / max(1, width))) { r in
                for i in r { (y + i * width).update(from: x + rows[i] * width, count: width) }
            }
        }
    }

    /// Rows of `self` by index; a negative index gives zeros.
    package func placed(rows: [Int]) -> NDArray {
        precondition(rank >= 1, "placed: needs rows")
        let width = elementCount(Array(shape.dropFirst()))
        for i in rows { precondition(i < shape[0], "placed: row \(i) is outside \(shape)") }
        return NDArray.build([rows.count] + shape.dropFirst(), keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(rows.count, chunk: max(1, elementChunk / max(1, width))) { r in
                for i in r {
                    if rows[i] < 0 {
                        (y + i * width).update(repeating: 0, count: width)
                    } else {
                        (y + i * width).update(from: x + rows[i] * width, count: width)
                    }
                }
            }
        }
    }

    /// The adjoint of `gathered`: rows of `self` added into a table of `count` rows.
    package func scattered(rows: [Int], count: Int) -> NDArray {
        precondition(rank >= 1 && shape[0] == rows.count, "scattered: \(rows.count) rows of \(shape)")
        let width = elementCount(Array(shape.dropFirst()))
        var table = NDArray.zeros([count] + shape.dropFirst())
        table.withUnsafeMutableBuffer { buffer in
            guard let base = buffer.baseAddress else { return }
            for (i, row) in rows.enumerated() {
                Kernels.current.accumulate(pointer + i * width, base + row * width, width, scale: 1)
            }
        }
        withExtendedLifetime(self) {}
        return table
    }
}
