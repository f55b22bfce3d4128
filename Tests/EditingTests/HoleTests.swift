// Masks as holes.

import Editing
import Images
import TestSupport
import Testing

@Suite struct HoleTests {
    @Test func thicknessIsTheWidestPlace() {
        let bar = Mask(width: 60, height: 40, inside: (0..<2400).map { 10..<17 ~= $0 / 60 })
        #expect(bar.thickness == 7)
        let dot = Mask(width: 9, height: 9, inside: (0..<81).map { $0 == 40 })
        #expect(dot.thickness == 1)
        #expect(Mask(width: 12, height: 5, value: 1).thickness >= 12)
    }

    @Test func lowerResolutionLosesNoPixel() {
        let line = Mask(width: 101, height: 37, inside: (0..<3737).map { $0 % 101 == 50 })
        let small = line.touching(width: 13, height: 5)
        #expect(small.area == 5)
        let same = line.touching(width: 101, height: 37)
        #expect(same.inside == line.inside)
    }

    @Test func theHoleOfARemovalGrowsWithTheObjectAndAtItsFoot() throws {
        func square(_ side: Int) -> Mask {
            Mask(
                width: 400, height: 400,
                inside: (0..<160_000).map { 100..<(100 + side) ~= $0 % 400 && 100..<(100 + side) ~= $0 / 400 }
            )
        }
        let (small, large) = (square(40).removalHole(), square(160).removalHole())
        let (a, b) = (try #require(small.boundingBox), try #require(large.boundingBox))
        #expect(100 - a.top == 3 && 100 - b.top == 8)
        #expect(b.bottom - 260 == 17 && a.bottom - 140 == 4)
        #expect(square(160).removalHole(shadow: 0).boundingBox?.bottom == 268)
        #expect(Mask(width: 4, height: 4, value: 0).removalHole().area == 0)
    }
}
