// The known name that a misspelt one is nearest to.

/// Compares names by the letters to insert, delete, replace or exchange with their neighbour.
enum NearestName {
    /// The nearest name, if a third of the letters or fewer differ; of several, the first.
    static func find(_ name: String, among names: [String]) -> String? {
        let measured = names.map { (name: $0, distance: distance(name, $0)) }
        guard let nearest = measured.min(by: { $0.distance < $1.distance }), nearest.distance > 0,
            nearest.distance <= max(1, max(name.count, nearest.name.count) / 3)
        else { return nil }
        return nearest.name
    }

    /// The optimal string alignment distance (Damerau 1964, each part changed once); at most the longer length.
    static func distance(_ first: String, _ second: String) -> Int {
        let (a, b) = (Array(first.lowercased().prefix(64)), Array(second.lowercased().prefix(64)))
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [Array(0...b.count)]
        for i in 1...a.count {
            var row = [i] + Array(repeating: 0, count: b.count)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], rows[i - 2][j - 2] + 1)
                }
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
