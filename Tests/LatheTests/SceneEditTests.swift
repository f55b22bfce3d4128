// Remove, fill and replace on example scenes, from their clicks with the starter models.

import Compositing
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
        #expect(result.versions[0].seams[0].excess <= EditInvariant.seamBound)
        let changed = PictureScores.psnr(before, after, inside: hole)
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

    /// What the captioner reads in a scene after an edit as the models' size asks for it.
    private func read(_ task: EditTask, _ scene: String, _ prompt: String) throws -> String {
        let folder = try TemporaryFolder()
        var options = EditBench.options(
            task, "\(EditBench.scenes)/\(scene)/photo.png", masks: ["\(EditBench.scenes)/\(scene)/mask.png"],
            prompt: prompt, output: "\(folder.path)/out")
        (options.diffusion.steps, options.attempts) = (20, nil)
        let result = try EditRun.run(options)
        let hole = try Mask.load("\(folder.path)/out/mask.png"), picture = try Image.load(result.picture).rgb
        let box = try #require(hole.boundingBox)
        let seen = box.expanded(by: max(box.width, box.height) / 8).clipped(width: 512, height: 512)
        return try Captioning.describe(
            picture.cropped(to: seen), search: .beams(3), session: ModelSession(EditBench.models))[0]
    }

    @Test func whatFillsAHoleIsNamedByTheCaptioner() throws {
        let asked = [
            ("mug", "a red apple", "red", "apple"), ("penguin", "a green cactus", "green", "cactus"),
            ("house", "a blue ball", "blue", "ball"), ("duck", "a brown teddy bear", "brown", "teddy bear"),
            ("car", "a striped purple mug", "purple", "mug"), ("snowman", "a yellow pear", "yellow", "pear"),
        ]
        let said = try asked.map { try read(.fill, $0.0, $0.1) }
        let named = zip(asked, said).count { $1.contains($0.3) }
        let coloured = zip(asked, said).count { $1.contains($0.2) }
        #expect(named >= 4 && coloured >= 5, "\(said)")
    }

    @Test func whatSurroundsAnObjectIsNamedByTheCaptioner() throws {
        let asked = [
            ("penguin", "on grass", "under a blue sky"), ("mushroom", "on snow", "under a sunset sky"),
            ("teddy-bear", "on sand", "under a blue sky"), ("car", "on grass", "in front of a brick wall"),
            ("duck", "on a checkered floor", "under a night sky"),
        ]
        let said = try asked.map { try read(.replace, $0.0, "\($0.1) \($0.2)") }
        let grounds = zip(asked, said).count { $1.contains($0.1) }
        let behind = zip(asked, said).count { $1.contains($0.2) }
        #expect(grounds >= 4 && behind >= 4, "\(said)")
    }
}
