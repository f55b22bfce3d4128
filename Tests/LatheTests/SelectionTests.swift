// The spellings of a selection and the checks against a picture.

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

    @Test func growthIsPixelsOrPercentOfTheObject() {
        #expect(Selection.Growth(parsing: "3")?.pixels(longerSide: 200) == 3)
        #expect(Selection.Growth(parsing: "-2.5")?.pixels(longerSide: 200) == -2.5)
        #expect(Selection.Growth(parsing: "5%")?.pixels(longerSide: 200) == 10)
        #expect(Selection.Growth(parsing: "-5%")?.pixels(longerSide: 100) == -5)
        #expect(Selection.Growth(parsing: "%") == nil)
        #expect(Selection.Growth(parsing: "101%") == nil)
        #expect(Selection.Growth(parsing: "3px") == nil)
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
        selection.boxes = [Selection.Box(x0: 0, y0: 0, x1: 10, y1: 10)]
        #expect(throws: Never.self) { try selection.validate(width: 10, height: 10) }
    }

    @Test(arguments: [[5, 5, 5, 8], [5, 5, 4, 8], [-1, 0, 5, 5], [0, 0, 11, 5]] as [[Float]])
    func boxesAreInsideAndNotEmpty(corners: [Float]) {
        var selection = Selection()
        selection.boxes = [Selection.Box(x0: corners[0], y0: corners[1], x1: corners[2], y1: corners[3])]
        #expect(throws: LatheError.self) { try selection.validate(width: 10, height: 10) }
    }
}
