// Pictures of any size, large ones in windows, with what must stay left alone.

import Arrays
import Images
import LaMa
import TestSupport
import Testing

@Suite struct SizeTests {
    private let model: LaMaModel

    init() throws { model = try LaMaFixture().small() }

    @Test(arguments: [(1, 1), (1, 9), (2, 21), (5, 3), (31, 4), (17, 40)])
    func everySizeIsFilledAndKeptOutside(height: Int, width: Int) {
        let (image, mask) = scene(
            height: height, width: width, holes: [(0..<(height + 1) / 2, width / 3..<(2 * width + 2) / 3)])
        let filled = model(image, mask: mask)
        #expect(agreeOutside(mask, filled, image))
        #expect(filled.scalars.allSatisfy { $0.isFinite && $0 >= 0 && $0 <= 1 })
    }

    @Test(arguments: [0.7, Float.nan]) func whatLiesInsideTheHoleDoesNotMatter(value: Float) {
        let (image, mask) = scene(height: 20, width: 24, holes: [(5..<14, 6..<20)])
        let other = NDArray(
            zip(image.scalars, mask.scalars.flatMap { [$0, $0, $0] }).map { $1 > 0 ? value : $0 },
            shape: image.shape)
        expectIdentical(model(image, mask: mask), model(other, mask: mask))
    }

    @Test func aHoleThatFitsOnePassIsFilledAsWithoutWindows() {
        let (image, mask) = scene(height: 40, width: 36, holes: [(10..<20, 8..<30)])
        let states = Array(model.inpaint(image, mask: mask, tiling: LaMaTiling(window: 64, context: 8)))
        #expect(states.count == 1)
        expectIdentical(states[0].picture, model(image, mask: mask))
    }

    @Test func anEmptyMaskGivesNoStates() {
        let (image, mask) = scene(height: 30, width: 30, holes: [])
        #expect(model.inpaint(image, mask: mask).steps == 0)
        #expect(Array(model.inpaint(image, mask: mask)).isEmpty)
    }

    @Test(arguments: [
        [(0..<150, 0..<170)], [(20..<130, 30..<140)], [(3..<9, 2..<10), (100..<110, 150..<170)],
        [(0..<150, 80..<84)], [(149..<150, 0..<170), (0..<1, 169..<170)],
    ])
    func windowsFillTheWholeHoleAndNothingElse(holes: [(Range<Int>, Range<Int>)]) throws {
        let (image, mask) = scene(height: 150, width: 170, holes: holes.map { ($0.0, $0.1) })
        // A picture that is NaN inside the hole: any pixel that is not filled stays so.
        let unknown = NDArray(
            zip(image.scalars, mask.scalars.flatMap { [$0, $0, $0] }).map { $1 > 0 ? .nan : $0 },
            shape: image.shape)
        let tiling = LaMaTiling(window: 64, context: 12, overlap: 6)
        let states = Array(model.inpaint(unknown, mask: mask, tiling: tiling))
        let result = try #require(states.last).picture
        #expect(agreeOutside(mask, result, image))
        #expect(result.scalars.allSatisfy { $0.isFinite && $0 >= 0 && $0 <= 1 })
        #expect(
            states.map(\.step) == Array(1...states.count) && states.allSatisfy { $0.steps == states.count })
        expectIdentical(
            result, try #require(Array(model.inpaint(unknown, mask: mask, tiling: tiling)).last).picture)
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        let (image, mask) = scene(height: 90, width: 80, holes: [(10..<60, 8..<70)])
        let before = Threads.limit
        defer { Threads.setLimit(before) }
        Threads.setLimit(1)
        let alone = model(image, mask: mask)
        Threads.setLimit(3)
        expectIdentical(model(image, mask: mask), alone)
    }
}
