// Where blocks go among the pages of a span.
import Arrays
import Testing

@Suite struct PageMapTests {
    /// The pages of a new block, which must fit.
    private func block(_ count: Int, in map: inout PageMap) throws -> Range<Int> {
        let first = map.allocate(count)
        return try #require(first.map { $0..<$0 + count })
    }

    @Test func freedNeighboursServeALargerBlock() throws {
        var map = PageMap(limit: 100)
        let first = try block(3, in: &map), second = try block(4, in: &map)
        #expect(second.lowerBound == first.upperBound)
        map.free(first)
        map.free(second)
        #expect(map.warm == 7 && map.used == 0 && map.most == 7)
        #expect(try block(7, in: &map).lowerBound == first.lowerBound)
        #expect(map.extent == 7 && map.warm == 0)
    }

    @Test func touchedPagesAreUsedBeforeFreshOnes() throws {
        var map = PageMap(limit: 100)
        let blocks = try [2, 1, 5, 1].map { try block($0, in: &map) }
        map.free(blocks[0])
        map.free(blocks[2])
        // Both runs are warm; the shorter one is taken.
        #expect(try block(2, in: &map) == blocks[0])
        // Too large for any run: as many warm pages as possible, here none, beyond the last block.
        #expect(try block(6, in: &map).lowerBound == blocks[3].upperBound)
        #expect(try block(4, in: &map).lowerBound == blocks[2].lowerBound)
    }

    @Test func pagesAreLetGoFromTheEnd() throws {
        var map = PageMap(limit: 20)
        let all = try block(6, in: &map), held = try block(1, in: &map), last = try block(3, in: &map)
        map.free(all)
        map.free(last)
        let cooled = map.cool(to: 4)
        #expect(cooled == [last, all.lowerBound + 4..<all.upperBound])
        #expect(map.warm == 4)
        map.untrack(1)
        map.drop(held)
        #expect(map.used == 0 && map.warm == 4)
    }

    @Test func aFullSpanHasNoRoom() {
        var map = PageMap(limit: 8)
        let found = [9, 5, 4, 3, 1].map { map.allocate($0) }
        #expect(found == [nil, 0, nil, 5, nil])
    }

    @Test func blocksNeverOverlap() {
        var map = PageMap(limit: 300)
        var random = RandomStream(seed: 3, stream: "pages")
        var blocks: [Range<Int>] = []
        var most = 0
        for _ in 0..<2000 {
            if random.int(below: 2) == 0, !blocks.isEmpty {
                map.free(blocks.remove(at: random.int(below: blocks.count)))
            } else if let first = map.allocate(1 + random.int(below: 20)) {
                let count = map.used - blocks.reduce(0) { $0 + $1.count }
                let block = first..<first + count
                #expect(block.upperBound <= 300 && blocks.allSatisfy { !$0.overlaps(block) })
                blocks.append(block)
            }
            most = max(most, map.used)
            #expect(map.used == blocks.reduce(0) { $0 + $1.count } && map.warm + map.used <= map.extent)
        }
        #expect(map.most == most)
    }
}
