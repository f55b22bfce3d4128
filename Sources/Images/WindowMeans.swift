// Means over windows of rows that come one after the other.

/// Means over windows along one row, by differences of prefix sums.
struct RowMeans {
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
struct ColumnMeans {
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
