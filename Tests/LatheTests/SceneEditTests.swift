// Remove, fill and replace on example scenes, from their clicks with the starter models.

import Editing
import Foundation
import Images
import Lathe
import Testing

@Suite struct SceneEditTests {
    @Test(arguments: ["mug", "duck"], [EditTask.remove, .fill, .replace])
    func aSceneIsEditedAtItsClick(scene: String, task: EditTask) throws {
        let folder = try TemporaryFolder()
        let source = try InputPicture.find("\(EditBench.scenes)/\(scene)")
        var options = EditBench.options(task, source.picture, masks: [], output: "\(folder.path)/out")
        options.objects = [
            EditObject(
                selection: source.selection,
                prompt: task == .remove ? nil : task == .fill ? "a red apple" : "a toy on grass")
        ]
        let result = try EditRun.run(options)
        let before = try Image.load(source.picture), after = try Image.load(result.picture)
        let hole = try Mask.load("\(folder.path)/out/mask.png")
        EditBench.expectKept(after, before, outside: hole)
        let object = try Mask.load("\(EditBench.scenes)/\(scene)/mask.png")
        let covered = Double(hole.intersection(object).area) / Double(object.area)
        // The hole holds the object, or all but it.
        #expect(task == .replace ? covered < 0.03 : covered > 0.98, "\(covered)")
        #expect(result.versions[0].seams[0].excess <= Promise.seamBound)
        let changed = PeakSignalToNoise.score(before, after, inside: hole)
        #expect(changed < 30, "\(changed) dB: the hole is as it was")
    }

    /// Where an object was, only colours of its surroundings are left.
    @Test(arguments: ["penguin", "snowman", "mushroom", "teddy-bear"])
    func whatIsRemovedIsGone(scene: String) throws {
        let folder = try TemporaryFolder()
        let source = try InputPicture.find("\(EditBench.scenes)/\(scene)")
        var options = EditBench.options(.remove, source.picture, masks: [], output: "\(folder.path)/out")
        options.objects = [EditObject(selection: source.selection, prompt: nil)]
        options.checks = true
        let result = try EditRun.run(options)
        let before = try Image.load(source.picture).rgb, after = try Image.load(result.picture).rgb
        let hole = try Mask.load("\(folder.path)/out/mask.png").inside
        /// The colour of a pixel in eight levels a channel.
        func colours(_ image: Image) -> [Int] {
            let bytes = image.bytes
            return hole.indices.map { pixel in
                (0..<3).reduce(0) { 8 * $0 + Int(bytes[3 * pixel + $1]) / 32 }
            }
        }
        var around = [Int](repeating: 0, count: 512)
        let (old, new) = (colours(before), colours(after))
        for pixel in hole.indices where !hole[pixel] { around[old[pixel]] += 1 }
        /// The share of the hole in colours that more than one in a thousand pixels elsewhere have.
        func familiar(_ colours: [Int]) -> Double {
            let inside = hole.indices.filter { hole[$0] }
            let known = inside.filter { around[colours[$0]] * 1000 > hole.count - inside.count }
            return Double(known.count) / Double(inside.count)
        }
        #expect(familiar(new) > 0.95, "\(familiar(new))")
        #expect(familiar(old) < 0.9, "\(familiar(old))")
        if scene == "penguin" { #expect(result.remainders.map(\.isThere) == [false]) }
    }

    /// What a prompt asks for is drawn into the hole of a scene, as the captioner sees it.
    @Test func theNewObjectOfAFillIsNamedByTheCaptioner() throws {
        let folder = try TemporaryFolder()
        let picture = "\(EditBench.scenes)/mug/photo.png"
        var options = EditBench.options(
            .fill, picture, masks: ["\(EditBench.scenes)/mug/mask.png"], prompt: "a yellow rubber duck",
            output: "\(folder.path)/out")
        options.diffusion.steps = 20
        options.diffusion.guidance = 5
        options.candidates = 4
        let result = try EditRun.run(options)
        let hole = try Mask.load("\(folder.path)/out/mask.png")
        let box = try #require(hole.boundingBox).expanded(by: 30).clipped(width: 512, height: 512)
        let said = try result.versions.map {
            try Captioning.describe(
                try Image.load($0.picture).rgb.cropped(to: box), search: .beams(3), models: EditBench.models)[
                    0]
        }
        #expect(said.contains { $0.contains("yellow") || $0.contains("duck") }, "\(said)")
    }
}
