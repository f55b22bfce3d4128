// Bounds that evaluations are held to.

import Evaluation
import Testing

@Suite struct RequirementTests {
    @Test func boundsAreNameAndNumber() {
        #expect(Requirement(parsing: "novel-iou=0.78")?.value == 0.78)
        #expect(Requirement(parsing: "novel-psnr-above-extruded=-1")?.name == "novel-psnr-above-extruded")
    }

    @Test(arguments: ["", "novel-iou", "novel-iou=", "novel-iou=x", "novel-iou=nan", "beauty=1", "=1"])
    func anythingElseIsRefused(text: String) {
        #expect(Requirement(parsing: text) == nil)
    }
}
