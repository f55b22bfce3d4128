// What is drawn into a hole stands on the photograph's own ground.

import Arrays
import Compositing
import Foundation
import Images
import Lathe
import Testing

@Suite struct GroundKeeperTests {
    /// Draws a red disc of a quarter of the side before grey, or grey alone.
    private struct DiscFiller: HoleFiller {
        var hasDisc = true
        let needs = CropPlan.Needs(size: .area(side: 64, aspect: 1), multiple: 16, context: 0.15)

        func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
            try progress(FillStep(1, of: 1))
            let (w, h) = (request.shown.width, request.shown.height)
            return Image(
                width: w, height: h, channels: 3,
                bytes: (0..<w * h).flatMap { pixel -> [UInt8] in
                    let (x, y) = (pixel % w - w / 2, pixel / w - h / 2)
                    return hasDisc && x * x + y * y < w * w / 16 ? [220, 20, 30] : [128, 128, 128]
                })
        }
    }

    private let folder: TemporaryFolder
    private let photograph: Image
    private let object: Mask

    init() throws {
        folder = try TemporaryFolder()
        let scene = "\(EditBench.scenes)/mug"
        (photograph, object) = (try Image.load("\(scene)/photo.png"), try Mask.load("\(scene)/mask.png"))
    }

    private func options(_ ground: FillGround?) -> EditOptions {
        let scene = "\(EditBench.scenes)/mug"
        var options = EditBench.options(
            .fill, "\(scene)/photo.png", masks: ["\(scene)/mask.png"], prompt: "a red ball",
            output: "\(folder.path)/out")
        options.ground = ground
        return options
    }

    /// Shares of the hole's pixels that are as they were: beside the disc and away from the old thing, and in the disc.
    private func kept(_ result: EditResult) throws -> (beside: Double, within: Double) {
        let after = try Image.load(result.picture).rgb.pixels.scalars, before = photograph.rgb.pixels.scalars
        let hole = try Mask.load("\(folder.path)/out/mask.png")
        let box = try #require(hole.boundingBox)
        let (x, y) = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        let old = object.grown(by: 60).inside, members = hole.inside
        let side = 1.3 * Double(max(box.width, box.height))
        var counts = (beside: (same: 0.0, all: 0.0), within: (same: 0.0, all: 0.0))
        for pixel in members.indices where members[pixel] {
            let isSame = (0..<3).allSatisfy { after[3 * pixel + $0] == before[3 * pixel + $0] }
            let distance = hypot(Double(pixel % hole.width - x), Double(pixel / hole.width - y))
            if distance < 0.2 * side {
                counts.within = (counts.within.same + (isSame ? 1 : 0), counts.within.all + 1)
            } else if distance > 0.35 * side, !old[pixel] {
                counts.beside = (counts.beside.same + (isSame ? 1 : 0), counts.beside.all + 1)
            }
        }
        #expect(counts.beside.all > 100)
        return (counts.beside.same / counts.beside.all, counts.within.same / counts.within.all)
    }

    @Test func theGroundRoundADrawnThingIsThePhotographs() throws {
        let result = try EditRun.run(options(.kept), filler: DiscFiller())
        let share = try kept(result)
        #expect(share.beside == 1 && share.within < 0.01, "\(share)")
        EditBench.expectKept(
            try Image.load(result.picture), photograph, outside: try Mask.load("\(folder.path)/out/mask.png"))
        let record = try String(contentsOfFile: "\(folder.path)/out/run.json", encoding: .utf8)
        #expect(record.contains("segmenter") && record.contains("inpainter"))
    }

    @Test func theGroundCanBeTheModels() throws {
        let share = try kept(try EditRun.run(options(.drawn), filler: DiscFiller()))
        #expect(share.beside < 0.2, "\(share)")
    }

    @Test func whatCannotBeCutOutIsSaid() throws {
        let result = try EditRun.run(options(.kept), filler: DiscFiller(hasDisc: false))
        #expect(result.notes.contains { $0.contains("cannot be cut out") })
    }
}
