// Windows cover holes, see enough around what they fill, and stay within the size of a pass.

import Arrays
import Images
import LaMa
import TestSupport
import Testing

@Suite struct TilePlanTests {
    private let tiling = LaMaTiling(window: 64, context: 10)

    /// Random pictures and rectangles, at every border too.
    @Test func windowsCoverHolesWithContext() {
        var stream = RandomStream(seed: 3, stream: "holes")
        for _ in 0..<60 {
            let numbers = stream.uniform([8]).scalars
            func pick(_ k: Int, below limit: Int) -> Int { min(limit - 1, Int(numbers[k] * Float(limit))) }
            let width = 1 + pick(0, below: 300), height = 1 + pick(1, below: 200)
            var hole = [Bool](repeating: false, count: width * height)
            for k in [2, 4] {
                let (left, top) = (pick(k, below: width), pick(k + 1, below: height))
                for y in top..<min(height, top + 1 + pick(6, below: height)) {
                    for x in left..<min(width, left + 1 + pick(7, below: width)) {
                        hole[y * width + x] = true
                    }
                }
            }
            let plan = TilePlan(hole: hole, width: width, height: height, tiling: tiling)
            var open = hole
            for step in plan.steps {
                let (w, c) = (step.window, step.core)
                #expect(w.width * w.height <= 64 * 64)
                #expect(w.left >= 0 && w.top >= 0 && w.right <= width && w.bottom <= height)
                #expect(c.left - w.left >= 10 || w.left == 0)
                #expect(c.top - w.top >= 10 || w.top == 0)
                #expect(w.right - c.right >= 10 || w.right == width)
                #expect(w.bottom - c.bottom >= 10 || w.bottom == height)
                for y in c.rows { for x in c.columns { open[y * width + x] = false } }
            }
            #expect(!open.contains(true))
            if let overview = plan.overview {
                let (region, f) = (overview.region, overview.factor)
                #expect(((region.width + f - 1) / f) * ((region.height + f - 1) / f) <= 64 * 64)
            }
        }
    }

    @Test func distantSmallHolesNeedNoOverview() {
        var hole = [Bool](repeating: false, count: 400 * 300)
        for y in 10..<20 { for x in 10..<20 { hole[y * 400 + x] = true } }
        for y in 280..<290 { for x in 380..<390 { hole[y * 400 + x] = true } }
        let plan = TilePlan(hole: hole, width: 400, height: 300, tiling: tiling)
        #expect(plan.steps.count == 2 && plan.overview == nil)
    }

    @Test func aHoleLargerThanAPassIsLookedOverFirst() {
        let plan = TilePlan(
            hole: [Bool](repeating: true, count: 200 * 100), width: 200, height: 100, tiling: tiling)
        #expect(plan.overview?.factor == 3)
        #expect(plan.steps.count > 4)
    }
}
