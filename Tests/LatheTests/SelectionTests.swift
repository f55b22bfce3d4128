// The spellings of a selection and the checks against a picture.

import Foundation
import Images
import Lathe
import Testing

@Suite struct SelectionTests {
    @Test func pointsAreReadWithAndWithoutASign() {
        #expect(Selection.Point(parsing: "3,4") == Selection.Point(x: 3, y: 4, isObject: true))
        #expect(Selection.Point(parsing: "3.5,4,+") == Selection.Point(x: 3.5, y: 4, isObject: true))
        #expect(Selection.Point(parsing: "3, 4 ,-") == Selection.Point(x: 3, y: 4, isObject: false))
    }

    @Test(arguments: ["", "3", "3,", ",3", "3,4,", "3,4,5", "3,4,+,1", "a,b", "nan,1", "inf,1", "1e99,0"])
    func brokenPointsAreRefused(text: String) {
        #expect(Selection.Point(parsing: text) == nil)
    }

    @Test(arguments: ["", "1,2,3", "1,2,3,4,5", "1,2,3,x", "1,2,,4"])
    func brokenBoxesAreRefused(text: String) {
        #expect(Selection.Box(parsing: text) == nil)
    }

    @Test func specksAndPinholesAreNotPartOfAnObject() {
        // A block of 20 x 20 with a pinhole and a hole of 5 x 5; beside it a speck of 6 x 6 and a piece of 10 x 10.
        let side = 60
        func isInside(_ x: Int, _ y: Int) -> Bool {
            switch (x, y) {
            case (10, 10), (15..<20, 15..<20): false
            case (5..<25, 5..<25), (40..<46, 5..<11), (40..<50, 40..<50): true
            default: false
            }
        }
        let mask = Selector.withoutSpecks(
            Mask(width: side, height: side, inside: (0..<side * side).map { isInside($0 % side, $0 / side) }))
        #expect(mask.area == 400 - 25 + 100)
    }

    @Test func aMaskOfSmallPiecesKeepsThem() {
        // Twenty posts of 2 x 10 pixels, a bit of 1 x 1, and nothing large.
        let inside = (0..<100 * 20).map { index in
            let (x, y) = (index % 100, index / 100)
            return (x % 5 < 2 && y < 10) || (x == 50 && y == 17)
        }
        let fence = Mask(width: 100, height: 20, inside: inside)
        #expect(Selector.withoutSpecks(fence).area == 20 * 20)
        #expect(fence.removingSpecks(below: 8).area == 400)
        #expect(fence.removingSpecks(below: 50).area == 400)
    }

    @Test func islandsThatAreAllTooSmallAreCounted() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/mask.png"
        try Mask(width: 20, height: 10, inside: (0..<200).map { $0 % 20 < 3 && $0 < 60 }).savePNG(path)
        var selection = Selection()
        (selection.maskPath, selection.smallestIsland) = (path, 10)
        let picture = Image(width: 20, height: 10, color: [0.5, 0.5, 0.5])
        let session = ModelSession(ModelSet(root: nil))
        let error = #expect(throws: LatheError.self) {
            try Selector.select(in: picture, selection, session: session)
        }
        #expect(error?.message.contains("largest piece has 9 pixels") == true)
    }

    @Test func aSelectionOfAllEdgesIsRemarkedOn() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/mask.png"
        // A frame of one pixel, which is far from most of the picture.
        let frame = (0..<400).map { $0 % 20 == 0 || $0 % 20 == 19 || $0 < 20 || $0 >= 380 }
        try Mask(width: 20, height: 20, inside: frame).savePNG(path)
        var selection = Selection()
        selection.maskPath = path
        let picture = Image(width: 20, height: 20, color: [0.5, 0.5, 0.5])
        let session = ModelSession(ModelSet(root: nil))
        let found = try Selector.select(in: picture, selection, session: session)
        #expect(found.notes.contains { $0.contains("all four edges") })
        try Mask(width: 20, height: 20, inside: frame.map { !$0 }.enumerated().map { $1 && $0 < 200 })
            .savePNG(path)
        #expect(try Selector.select(in: picture, selection, session: session).notes.isEmpty)
    }

    @Test func growthIsPixelsOrPercentOfTheObject() {
        #expect(Selection.Growth(parsing: "3")?.pixels(longerSide: 200) == 3)
        #expect(Selection.Growth(parsing: "-2.5")?.pixels(longerSide: 200) == -2.5)
        #expect(Selection.Growth(parsing: "5%")?.pixels(longerSide: 200) == 10)
        #expect(Selection.Growth(parsing: "-5%")?.pixels(longerSide: 100) == -5)
        #expect(Selection.Growth(parsing: "%") == nil)
        #expect(Selection.Growth(parsing: "101%") == nil)
        #expect(Selection.Growth(parsing: "3px") == nil)
    }

    /// Runs of earlier versions are resumed, so the form of the record stays.
    @Test func recordsHoldBoxesByTheirCorners() throws {
        var selection = Selection()
        selection.points = [Selection.Point(x: 9, y: 4, isObject: false)]
        selection.boxes = [Selection.Box(left: 1, top: 2, right: 3.5, bottom: 4)]
        (selection.maskPath, selection.subtractPath) = ("a.png", "b.png")
        (selection.maskIndex, selection.growth, selection.feather) = (.index(2), .percent(5), 1.5)
        (selection.fillHoles, selection.smallestIsland, selection.isInverted) = (true, 7, true)
        let data = try LatheJSON.encode(selection, pretty: false)
        #expect(
            String(decoding: data, as: UTF8.self) == """
                {"boxes":[{"x0":1,"x1":3.5,"y0":2,"y1":4}],"feather":1.5,"fillHoles":true,\
                "growth":{"percent":{"_0":5}},"isInverted":true,"maskIndex":{"index":{"_0":2}},\
                "maskPath":"a.png","points":[{"isObject":false,"x":9,"y":4}],"smallestIsland":7,\
                "subtractPath":"b.png"}

                """)
        #expect(try JSONDecoder().decode(Selection.self, from: data) == selection)
        let empty = try LatheJSON.encode(Selection(), pretty: false)
        #expect(
            String(decoding: empty, as: UTF8.self) == """
                {"boxes":[],"feather":0,"fillHoles":false,"isInverted":false,"maskIndex":{"auto":{}},\
                "points":[],"smallestIsland":0}

                """)
        #expect(try JSONDecoder().decode(Selection.self, from: empty) == Selection())
    }

    @Test func clicksOutsideThePictureAreNamed() {
        var selection = Selection()
        selection.points = [Selection.Point(x: 9, y: 4), Selection.Point(x: 10, y: 4)]
        let error = #expect(throws: LatheError.self) { try selection.validate(width: 10, height: 5) }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains("10,4") == true)
        #expect(error?.message.contains("10 x 5") == true)
        selection.points = [Selection.Point(x: 0, y: 0), Selection.Point(x: 9.5, y: 4.5)]
        #expect(throws: Never.self) { try selection.validate(width: 10, height: 5) }
    }

    @Test func aSelectionNeedsSomethingThatBelongsToTheObject() {
        var selection = Selection()
        selection.points = [Selection.Point(x: 1, y: 1, isObject: false)]
        #expect(throws: LatheError.self) { try selection.validate(width: 10, height: 10) }
        selection.boxes = [Selection.Box(left: 0, top: 0, right: 10, bottom: 10)]
        #expect(throws: Never.self) { try selection.validate(width: 10, height: 10) }
    }

    @Test(arguments: [[5, 5, 5, 8], [5, 5, 4, 8], [-1, 0, 5, 5], [0, 0, 11, 5]] as [[Float]])
    func boxesAreInsideAndNotEmpty(corners: [Float]) {
        var selection = Selection()
        selection.boxes = [
            Selection.Box(left: corners[0], top: corners[1], right: corners[2], bottom: corners[3])
        ]
        #expect(throws: LatheError.self) { try selection.validate(width: 10, height: 10) }
    }
}
