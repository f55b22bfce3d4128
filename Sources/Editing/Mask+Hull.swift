// The convex hull of a mask.

public import Images

extension Mask {
    /// The smallest convex mask that holds this one: pixels whose centres lie in the hull of the centres inside.
    ///
    /// Andrew's monotone chain (1979) over the ends of the rows, then spans between its two sides.
    public var convexHull: Mask {
        let members = inside
        var left: [Int?] = [], right: [Int?] = []
        for y in 0..<height {
            let row = members[y * width..<(y + 1) * width]
            left.append(row.firstIndex(of: true).map { $0 - y * width })
            right.append(row.lastIndex(of: true).map { $0 - y * width })
        }
        let (low, high) = (
            Mask.lowerHull(left.map { $0.map { Double($0) } }),
            Mask.lowerHull(right.map { $0.map { -Double($0) } })
        )
        var result = [Bool](repeating: false, count: members.count)
        for y in 0..<height {
            guard let a = low[y], let b = high[y] else { continue }
            // A pixel whose centre lies on the hull up to rounding is in.
            let first = Int((a - 1e-9).rounded(.up)), last = Int((-b + 1e-9).rounded(.down))
            for x in first..<max(first, last + 1) { result[y * width + x] = true }
        }
        return Mask(width: width, height: height, inside: result)
    }

    /// The lower convex hull of points (row, value), as a value for every row between the first and the last.
    private static func lowerHull(_ values: [Double?]) -> [Double?] {
        var chain: [(y: Double, x: Double)] = []
        for (row, value) in values.enumerated() {
            guard let value else { continue }
            let point = (y: Double(row), x: value)
            while chain.count >= 2 {
                let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
                // Keep b only if it lies below the line from a to the new point.
                guard (b.x - a.x) * (point.y - a.y) >= (point.x - a.x) * (b.y - a.y) else { break }
                chain.removeLast()
            }
            chain.append(point)
        }
        var result = [Double?](repeating: nil, count: values.count)
        for (a, b) in zip(chain, chain.dropFirst()) {
            for row in Int(a.y)...Int(b.y) {
                result[row] = a.x + (b.x - a.x) * (Double(row) - a.y) / (b.y - a.y)
            }
        }
        if chain.count == 1 { result[Int(chain[0].y)] = chain[0].x }
        return result
    }
}
