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

@Suite struct ConvexHullTests {
    @Test func hullOfTwoPixelsIsTheLineBetweenThem() {
        let two = Mask(width: 9, height: 9, inside: (0..<81).map { $0 == 10 || $0 == 70 })
        #expect(
            two.convexHull.inside.indices.filter { two.convexHull.inside[$0] } == [
                10, 20, 30, 40, 50, 60, 70,
            ])
    }

    @Test func hullHoldsTheMaskIsConvexAndIsItsOwnHull() {
        // A ring with a gap becomes a disc without.
        let ring = Mask(
            width: 60, height: 60,
            inside: (0..<3600).map { i in
                let (dx, dy) = (i % 60 - 30, i / 60 - 30), r = dx * dx + dy * dy
                return r <= 625 && r >= 400 && dx < 15
            })
        let hull = ring.convexHull
        #expect(zip(ring.inside, hull.inside).allSatisfy { !$0 || $1 })
        #expect(hull.inside[30 * 60 + 30])
        #expect(hull.convexHull.inside == hull.inside)
        #expect(Mask(width: 5, height: 4, value: 0).convexHull.area == 0)
        #expect(Mask(width: 5, height: 4, value: 1).convexHull.area == 20)
    }
}

@Suite struct StretchTests {
    private func box(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) -> Mask {
        Mask(
            width: 60, height: 60,
            inside: (0..<3600).map { (left..<right).contains($0 % 60) && (top..<bottom).contains($0 / 60) })
    }

    @Test func aTallMaskIsWidenedToBothSidesAndAFlatOneUpwards() {
        #expect(box(25, 10, 35, 50).stretched(toShare: 0.5).inside == box(20, 10, 40, 50).inside)
        #expect(box(10, 40, 50, 50).stretched(toShare: 0.5).inside == box(10, 30, 50, 50).inside)
        #expect(box(10, 10, 50, 40).stretched(toShare: 0.5).inside == box(10, 10, 50, 40).inside)
    }

    @Test func atTheEdgeItIsCutOffAndNothingInsideIsLost() {
        let edge = box(0, 0, 4, 60).stretched(toShare: 1)
        #expect(edge.inside == box(0, 0, 32, 60).inside)
        let bent = Mask(
            width: 60, height: 60, inside: (0..<3600).map { abs($0 % 60 - 5 - $0 / 120) < 3 })
        #expect(zip(bent.inside, bent.stretched(toShare: 0.9).inside).allSatisfy { !$0 || $1 })
        #expect(Mask(width: 5, height: 4, value: 0).stretched(toShare: 1).area == 0)
    }
}
