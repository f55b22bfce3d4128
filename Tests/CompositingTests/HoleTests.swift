// Masks as holes.

import Compositing
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

@Suite struct RoomTests {
    private func box(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) -> Mask {
        Mask(
            width: 120, height: 120,
            inside: (0..<14_400).map {
                (left..<right).contains($0 % 120) && (top..<bottom).contains($0 / 120)
            })
    }

    @Test func roomIsWideEnoughAndLiesMostlyAboveTheFoot() throws {
        let tall = try #require(box(55, 40, 65, 80).room(share: 0.5, margin: 0.1).boundingBox)
        #expect((tall.left, tall.right, tall.top, tall.bottom) == (46, 74, 36, 82))
        let flat = try #require(box(40, 70, 80, 80).room(share: 0.5, margin: 0.1).boundingBox)
        #expect((flat.left, flat.right, flat.top, flat.bottom) == (36, 84, 56, 82))
        let corner = box(55, 40, 65, 80).room(share: 0.5, margin: 0.1)
        #expect(!corner.inside[36 * 120 + 46] && corner.inside[60 * 120 + 46])
    }

    @Test func nothingInsideIsLostAndTheEdgeCutsItOff() throws {
        let bent = Mask(
            width: 60, height: 60, inside: (0..<3600).map { abs($0 % 60 - 5 - $0 / 120) < 3 })
        let room = bent.room(share: 0.9, margin: 0)
        #expect(zip(bent.inside, room.inside).allSatisfy { !$0 || $1 })
        #expect(try #require(room.boundingBox).left == 0)
        #expect(Mask(width: 5, height: 4, value: 0).room(share: 1, margin: 1).area == 0)
    }
}
