// Alignment of the words of an edited prompt with those of its source.

/// Pairs of words of two prompts, in order in both.
struct WordAlignment: Sendable {
    /// Indices into the source's and the edited prompt's words.
    let pairs: [(source: Int, edited: Int)]

    /// Aligns by a longest common subsequence.
    ///
    /// Runs of other words of equal length between common ones are paired too, as replacements such as `red` for
    /// `blue`.
    init(source: [String], edited: [String]) {
        var pairs: [(source: Int, edited: Int)] = []
        var (i, j) = (0, 0)
        let common = WordAlignment.commonSubsequence(source, edited)
        for (nextI, nextJ) in common + [(source.count, edited.count)] {
            if nextI - i == nextJ - j { pairs += zip(i..<nextI, j..<nextJ).map { ($0, $1) } }
            if nextI < source.count { pairs.append((nextI, nextJ)) }
            (i, j) = (nextI + 1, nextJ + 1)
        }
        self.pairs = pairs
    }

    /// The usual dynamic programme, filled from the ends so that ties take the earliest words.
    private static func commonSubsequence(_ a: [String], _ b: [String]) -> [(Int, Int)] {
        var lengths = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                lengths[i][j] =
                    a[i] == b[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var pairs: [(Int, Int)] = []
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                pairs.append((i, j))
                (i, j) = (i + 1, j + 1)
            } else if lengths[i + 1][j] >= lengths[i][j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return pairs
    }
}
