// Sums, means and maxima, with a fixed order of addition.

/// Partial results of fixed chunks, added in order.
func sumOfChunks(_ count: Int, _ body: @Sendable (Range<Int>) -> Double) -> Double {
    let chunk = 1 << 16
    guard count > chunk else { return count > 0 ? body(0..<count) : 0 }
    let chunks = (count + chunk - 1) / chunk
    let partials = [Double](unsafeUninitializedCapacity: chunks) { buffer, n in
        guard let base = buffer.baseAddress else { return }
        nonisolated(unsafe) let out = base
        parallelFor(chunks, chunk: 1) { r in
            for i in r { out[i] = body(i * chunk..<min(count, (i + 1) * chunk)) }
        }
        n = chunks
    }
    return partials.reduce(0, +)
}

extension NDArray {
    /// The sum of all elements, accumulated in double precision.
    package func total() -> Double {
        nonisolated(unsafe) let x = pointer
        let total = sumOfChunks(count) { r in Kernels.current.sum(x + r.lowerBound, r.count) }
        withExtendedLifetime(self) {}
        return total
    }

    /// The greatest element; `-infinity` if there is none.
    package func maximum() -> Float {
        defer { withExtendedLifetime(self) {} }
        return Kernels.current.maximum(pointer, count)
    }

    /// Sums over `axes` (negative ones count from the end).
    package func summed(axes: [Int], keepDimensions: Bool = false) -> NDArray {
        let normal = Set(
            axes.map { axis -> Int in
                let k = axis < 0 ? axis + rank : axis
                precondition(k >= 0 && k < rank, "sum: axis \(axis) of \(shape)")
                return k
            })
        var result = self
        var k = rank - 1
        while k >= 0 {
            guard normal.contains(k) else {
                k -= 1
                continue
            }
            var first = k
            while first > 0, normal.contains(first - 1) { first -= 1 }
            result = result.summedRun(first...k)
            k = first - 1
        }
        if keepDimensions { return result }
        return result.reshaped(shape.indices.filter { !normal.contains($0) }.map { shape[$0] })
    }

    /// Sums over adjacent dimensions, which remain as extents of 1.
    private func summedRun(_ axes: ClosedRange<Int>) -> NDArray {
        let outer = elementCount(Array(shape[..<axes.lowerBound]))
        let length = elementCount(Array(shape[axes])),
            inner = elementCount(Array(shape[(axes.upperBound + 1)...]))
        var result = shape
        for k in axes { result[k] = 1 }
        return NDArray.build(result, keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            if inner == 1, outer == 1 {
                y[0] = Float(total())
            } else if inner == 1 {
                parallelFor(outer, chunk: max(1, elementChunk / max(1, length))) { r in
                    for i in r { y[i] = Float(Kernels.current.sum(x + i * length, length)) }
                }
            } else {
                for i in 0..<outer {
                    sumColumns(x + i * length * inner, rows: length, cols: inner, y + i * inner)
                }
            }
        }
    }
}

/// Column sums of a matrix: partial sums of fixed row blocks, added in order.
func sumColumns(_ source: Pointer, rows: Int, cols: Int, _ y: MutablePointer) {
    nonisolated(unsafe) let x = source
    let totals = columnTotals(rows: rows, cols: cols, values: 1) { range, sums in
        Kernels.current.sumColumns(
            x + range.lowerBound * cols, rows: range.count, cols: cols, stride: cols, sums)
    }
    for i in 0..<cols { y[i] = Float(totals[i]) }
}

/// Accumulates `values * cols` doubles over fixed blocks of rows in parallel and adds the blocks in order.
func columnTotals(
    rows: Int, cols: Int, values: Int, _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Double>) -> Void
) -> [Double] {
    let width = values * cols
    let block = max(64, elementChunk / max(1, cols))
    let blocks = max(1, (rows + block - 1) / block)
    let partials = [Double](unsafeUninitializedCapacity: blocks * width) { buffer, n in
        guard let base = buffer.baseAddress else { return }
        base.update(repeating: 0, count: blocks * width)
        nonisolated(unsafe) let out = base
        parallelFor(blocks, chunk: 1) { r in
            for i in r { body(i * block..<min(rows, (i + 1) * block), out + i * width) }
        }
        for i in 1..<max(1, blocks) { for k in 0..<width { out[k] += out[i * width + k] } }
        n = blocks * width
    }
    return Array(partials.prefix(width))
}
