// Sets joined two by two are known by their least members.

import Arrays
import Testing

@Suite struct DisjointSetsTests {
    @Test func setsAreKnownByTheirLeastMembers() {
        var sets = DisjointSets(count: 6)
        sets.append()
        for (a, b) in [(5, 3), (6, 5), (2, 4), (4, 2)] { sets.unite(a, b) }
        #expect((0..<7).map { sets.least(with: $0) } == [0, 1, 2, 3, 2, 3, 3])
        sets.unite(6, 4)
        #expect((0..<7).map { sets.least(with: $0) } == [0, 1, 2, 2, 2, 2, 2])
    }
}
