// Exact Euclidean distances to a set of pixels.

import Arrays

/// The squared distance of each pixel's centre to the nearest pixel of a set, infinite if the set is empty.
///
/// Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", 2012: the lower envelope of parabolas,
/// first along columns, then along rows; linear in the number of pixels.
/// - Parameter members: row by row from the top.
func squaredDistances(to members: [Bool], width: Int, height: Int) -> [Float] {
    var result = [Float](repeating: .infinity, count: width * height)
    result.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let values = buffer
        members.withUnsafeBufferPointer { members in
            nonisolated(unsafe) let members = members
            // Along columns the set is binary, so two counting passes suffice.
            parallelFor(width, chunk: max(1, 65_536 / max(1, height))) { columns in
                sweepColumns(columns, members, values, width, height)
            }
        }
        parallelFor(height, chunk: rowChunk(width)) { rows in
            var row = ParabolaRow(count: width)
            for y in rows {
                row.transform(UnsafeMutableBufferPointer(rebasing: values[y * width..<(y + 1) * width]))
            }
        }
    }
    return result
}

private func sweepColumns(
    _ columns: Range<Int>, _ members: UnsafeBufferPointer<Bool>, _ values: UnsafeMutableBufferPointer<Float>,
    _ width: Int, _ height: Int
) {
    var distance = [Float](repeating: .infinity, count: columns.count)
    for y in 0..<height {
        for x in columns {
            let next = members[y * width + x] ? 0 : distance[x - columns.lowerBound] + 1
            distance[x - columns.lowerBound] = next
            values[y * width + x] = next * next
        }
    }
    for index in distance.indices { distance[index] = .infinity }
    for y in (0..<height).reversed() {
        for x in columns {
            let next = members[y * width + x] ? 0 : distance[x - columns.lowerBound] + 1
            distance[x - columns.lowerBound] = next
            values[y * width + x] = min(values[y * width + x], next * next)
        }
    }
}

/// Scratch memory for one row: the lower envelope of parabolas rooted at its pixels.
private struct ParabolaRow {
    private var heights: [Float]
    private var roots: [Int]
    private var bounds: [Float]

    init(count: Int) {
        heights = [Float](repeating: 0, count: count)
        roots = [Int](repeating: 0, count: count)
        bounds = [Float](repeating: 0, count: count + 1)
    }

    /// Replaces f(x) by the minimum over q of (x − q)² + f(q).
    mutating func transform(_ row: UnsafeMutableBufferPointer<Float>) {
        var count = 0
        for x in 0..<row.count {
            heights[x] = row[x]
            guard row[x].isFinite else { continue }
            var start = -Float.infinity
            while count > 0 {
                let q = roots[count - 1]
                let (fx, fq) = (Float(x), Float(q))
                start = ((row[x] + fx * fx) - (heights[q] + fq * fq)) / (2 * (fx - fq))
                if start > bounds[count - 1] { break }
                count -= 1
            }
            roots[count] = x
            bounds[count] = count == 0 ? -.infinity : start
            count += 1
        }
        guard count > 0 else { return }
        var index = 0
        for x in 0..<row.count {
            while index + 1 < count, bounds[index + 1] < Float(x) { index += 1 }
            let offset = Float(x - roots[index])
            row[x] = offset * offset + heights[roots[index]]
        }
    }
}
