// Union–find.

/// Disjoint sets of the numbers from 0 on, each represented by its smallest member.
///
/// Union–find with path halving (Tarjan and van Leeuwen, Worst-Case Analysis of Set Union Algorithms, 1984).
package struct DisjointSets: Sendable {
    /// A smaller member of the same set, or the number itself if it is the smallest.
    private var parents: [Int]

    /// The numbers below `count`, each in a set of its own.
    package init(count: Int = 0) { parents = Array(0..<count) }

    /// Adds the next number, in a set of its own.
    package mutating func append() { parents.append(parents.count) }

    /// The smallest member of the set of `member`.
    package mutating func least(with member: Int) -> Int {
        var index = member
        while parents[index] != index {
            parents[index] = parents[parents[index]]
            index = parents[index]
        }
        return index
    }

    /// Joins the sets of two numbers.
    package mutating func unite(_ a: Int, _ b: Int) {
        let (a, b) = (least(with: a), least(with: b))
        parents[max(a, b)] = min(a, b)
    }
}
