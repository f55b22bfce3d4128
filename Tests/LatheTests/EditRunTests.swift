// Edits as runs: several objects and versions, one seed and the same bytes, and nothing half-written.

import Arrays
import Compositing
import Foundation
import Images
import Lathe
import Testing

@Suite struct EditRunTests {
    let folder: TemporaryFolder
    let picture: String
    let image: Image
    let left: String
    let right: String
    let leftMask: Mask
    let rightMask: Mask

    init() throws {
        folder = try TemporaryFolder()
        image = EditBench.noise(width: 120, height: 80)
        picture = try folder.save(image, "in.png")
        leftMask = EditBench.box(
            PixelRectangle(left: 0, top: 10, right: 30, bottom: 50), width: 120, height: 80)
        rightMask = EditBench.box(
            PixelRectangle(left: 70, top: 30, right: 120, bottom: 80), width: 120, height: 80)
        left = try folder.save(leftMask, "left.png")
        right = try folder.save(rightMask, "right.png")
    }

    private func options(_ task: EditTask, _ masks: [String], _ output: String) -> EditOptions {
        EditBench.options(
            task, picture, masks: masks, prompt: "a red apple", output: "\(folder.path)/\(output)")
    }

    private func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder.path)/\(name)")
    }

    @Test func aFolderHoldsTheResultItsMaskTheWayToItAndARecord() throws {
        var wanted = options(.fill, [left], "run")
        wanted.diffusion.steps = 4
        wanted.ground = .drawn
        let result = try EditRun.run(wanted)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/run").sorted()
        #expect(names == ["mask.png", "overlay.png", "progress", "result.png", "run.json"])
        let previews = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/run/progress")
        #expect(previews.sorted() == (0..<4).map { "00000\($0).png" })
        #expect(try Image.load("\(folder.path)/run/progress/000003.png").width % 8 == 0)
        let record = try #require(
            try JSONSerialization.jsonObject(with: bytes("run/run.json")) as? [String: Any])
        #expect(record["command"] as? String == "fill")
        let input = try #require(record["input"] as? [String: Any])
        #expect(input["sha256"] as? String == (try Digest.sha256(ofFile: picture)))
        #expect((record["models"] as? [[String: Any]])?.map { $0["part"] as? String } == ["diffusion"])
        #expect(record["files"] as? [String: String] == [left: try Digest.sha256(ofFile: left)])
        let read = try JSONDecoder().decode(
            EditResult.self, from: JSONSerialization.data(withJSONObject: try #require(record["result"])))
        #expect(read.prompts == result.prompts && read.versions[0].seams == result.versions[0].seams)
        #expect(abs(read.coverage - result.coverage) < 1e-9)
    }

    @Test func versionsHaveTheSeedsInOrderAndASheet() throws {
        var wanted = options(.fill, [left], "many.png")
        wanted.candidates = 3
        wanted.seed = 7
        let result = try EditRun.run(wanted)
        #expect(result.versions.map(\.seed) == [7, 8, 9])
        #expect(
            result.versions.map(\.picture)
                == ["many.png", "many-1.png", "many-2.png"].map {
                    "\(folder.path)/\($0)"
                })
        let sheet = try Image.load(try #require(result.sheet))
        #expect(sheet.width > 120 && sheet.height > 80)
        let all = try ["many.png", "many-1.png", "many-2.png"].map(bytes)
        #expect(Set(all).count == 3)
        var alone = options(.fill, [left], "alone.png")
        alone.seed = 9
        _ = try EditRun.run(alone)
        #expect(try bytes("alone.png") == all[2])
        var lama = options(.remove, [left], "lama.png")
        lama.candidates = 2
        #expect(throws: LatheError.self) { try EditRun.run(lama) }
    }

    @Test func severalObjectsAreEditedInOneCallEachWithItsPrompt() throws {
        var wanted = options(.fill, [left, right], "two")
        wanted.objects[1].prompt = "a green frog"
        wanted.growth = .pixels(0)
        let result = try EditRun.run(wanted)
        #expect(result.prompts == ["a red apple", "a green frog"])
        #expect(result.versions[0].seams.count == 2)
        #expect(try Mask.load("\(folder.path)/two/mask_0.png").inside == leftMask.inside)
        #expect(try Mask.load("\(folder.path)/two/mask_1.png").inside == rightMask.inside)
        let after = try Image.load(result.picture)
        EditBench.expectKept(after, image, outside: leftMask.union(rightMask))
        for mask in [leftMask, rightMask] {
            let (a, b, members) = (after.bytes, image.bytes, mask.inside)
            #expect(members.indices.contains { members[$0] && a[$0 * 3] != b[$0 * 3] })
        }
    }

    @Test func aReplaceKeepsAllOfSeveralObjects() throws {
        let result = try EditRun.run(options(.replace, [left, right], "kept.png"))
        #expect(result.prompts == ["a red apple"])
        EditBench.expectKept(
            try Image.load(result.picture), image, outside: leftMask.union(rightMask).inverted)
        var mixed = options(.replace, [left, right], "mixed.png")
        mixed.objects[1].prompt = "a green frog"
        let error = #expect(throws: LatheError.self) { try EditRun.run(mixed) }
        #expect(error?.message.contains("one prompt") == true)
    }

    @Test func aReplaceWithoutAPromptIsDescribed() throws {
        var wanted = options(.replace, [left], "said.png")
        wanted.objects[0].prompt = nil
        var told: [String] = []
        let result = try EditRun.run(wanted) { if let note = $0.note { told.append(note) } }
        #expect(!result.prompts[0].isEmpty)
        #expect(result.notes == ["no prompt was given; the captioner says: \(result.prompts[0])"])
        #expect(told == result.notes)
    }

    @Test func aViolatedInvariantIsCodeFourAndNothingIsWritten() throws {
        let before = folder.names
        for output in ["broken.png", "deep/er/broken"] {
            let error = #expect(throws: LatheError.self) {
                try EditRun.run(options(.remove, [left], output), filler: FlatFiller(value: .nan))
            }
            #expect(error?.code == .guaranteeFailed && error?.message.contains("not numbers") == true)
        }
        #expect(folder.names == before)
        // The same filler with numbers is fine.
        let fine = try EditRun.run(
            options(.remove, [left, right], "deep/er/fine"), filler: FlatFiller(value: 4))
        #expect(fine.notes == ["flat"])
        EditBench.expectKept(
            try Image.load(fine.picture), image,
            outside: try Mask.load("\(folder.path)/deep/er/fine/mask_0.png").union(
                try Mask.load("\(folder.path)/deep/er/fine/mask_1.png")))
    }

    @Test func aStoppedEditLeavesNothingAndWhatAnEarlierOneLeftStays() throws {
        struct Stop: Error {}
        let before = folder.names
        for stage in [EditStage.select, .fill, .write] {
            for output in ["stopped.png", "stopped"] {
                #expect(throws: Stop.self) {
                    try EditRun.run(options(.remove, [left], output), filler: FlatFiller()) {
                        if $0.stage == stage, $0.step == $0.total { throw Stop() }
                    }
                }
                #expect(folder.names == before, "\(stage) \(output)")
            }
        }
        _ = try EditRun.run(options(.remove, [left], "kept"), filler: FlatFiller())
        let (result, record) = (try bytes("kept/result.png"), try bytes("kept/run.json"))
        #expect(throws: Stop.self) {
            try EditRun.run(
                options(.remove, [right], "kept"), filler: FlatFiller(step: { throw Stop() }))
        }
        #expect(try bytes("kept/result.png") == result && bytes("kept/run.json") == record)
    }

    @Test func aVersionThatCannotBeWrittenTakesTheOthersWithIt() throws {
        var wanted = options(.fill, [left], "some.png")
        wanted.candidates = 3
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/some-2.png", withIntermediateDirectories: false)
        let before = folder.names
        let error = #expect(throws: LatheError.self) { try EditRun.run(wanted) }
        #expect(error?.code == .badInput && error?.message.contains("some-2.png") == true)
        #expect(folder.names == before)
    }

    @Test func anEarlierEditIsReplacedWholeAndOtherFoldersAreLeftAlone() throws {
        _ = try EditRun.run(options(.remove, [left, right], "run"), filler: FlatFiller())
        #expect(exists("run/mask_1.png"))
        _ = try EditRun.run(options(.remove, [left], "run"), filler: FlatFiller())
        #expect(exists("run/mask.png") && !exists("run/mask_0.png") && !exists("run/mask_1.png"))
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/lift", withIntermediateDirectories: false)
        _ = try folder.write("{\"command\": \"lift\"}", "lift/run.json")
        for output in ["", "lift"] {
            let error = #expect(throws: LatheError.self) {
                try EditRun.run(options(.remove, [left], output), filler: FlatFiller())
            }
            #expect(error?.message.contains("no edit") == true)
        }
        for output in ["in.png", "left.png"] {
            let error = #expect(throws: LatheError.self) {
                try EditRun.run(options(.remove, [left], output), filler: FlatFiller())
            }
            #expect(error?.message.contains("would replace") == true)
        }
        #expect(try Image.load(picture).bytes == image.bytes)
    }

    @Test func growthAndFeatherAreThoseOfTheHole() throws {
        var wanted = options(.remove, [right], "grown")
        wanted.growth = .pixels(3)
        _ = try EditRun.run(wanted, filler: FlatFiller())
        #expect(
            try Mask.load("\(folder.path)/grown/mask.png").boundingBox
                == PixelRectangle(left: 67, top: 27, right: 120, bottom: 80))
        wanted.growth = .percent(-100)
        let error = #expect(throws: LatheError.self) { try EditRun.run(wanted, filler: FlatFiller()) }
        #expect(error?.options == [.growth])
        // A hard edge takes all of the model's colour at once, a soft one goes over.
        func first(feather: Float) throws -> Float {
            wanted.growth = .pixels(0)
            wanted.feather = feather
            let picture = try folder.save(Image(width: 120, height: 80, color: [0, 0, 0]), "black.png")
            wanted.picture = picture
            let result = try EditRun.run(wanted, filler: StripeFiller())
            return try Image.load(result.picture).pixels.scalars[(50 * 120 + 71) * 3]
        }
        #expect(try first(feather: 0) > first(feather: 10) + 0.1)
    }

    @Test func aRemovalIsCheckedAtTheOldPlace() throws {
        // A white disc on grey: kept, it is found again; painted over by the grey around it, it is not.
        let size = 160
        let disc = (0..<size * size).map {
            let (x, y) = ($0 % size - 80, $0 / size - 70)
            return x * x + y * y < 30 * 30
        }
        let path = try folder.save(
            Image(
                width: size, height: size, channels: 3,
                bytes: disc.flatMap { [$0 ? 250 : 90, $0 ? 60 : 90, 90] }),
            "disc.png")
        var wanted = options(.remove, [], "checked.png")
        wanted.picture = path
        wanted.checks = true
        var selection = Selection()
        selection.points = [Selection.Point(x: 80, y: 70)]
        wanted.objects = [EditObject(selection: selection)]
        let gone = try EditRun.run(wanted, filler: FlatFiller(value: 90.0 / 255))
        #expect(gone.remainders.map(\.isThere) == [false], "\(gone.remainders)")
        let there = try EditRun.run(wanted, filler: DiscFiller())
        #expect(there.remainders.map(\.isThere) == [true], "\(there.remainders)")
        #expect(there.lines.last?.contains("still there") == true)
    }
}

/// Black where nothing is missing, white inside: nothing for the seam to correct, all to see of the feather.
private struct StripeFiller: HoleFiller {
    var needs: CropPlan.Needs { CropPlan.Needs(size: .free(thickness: 500), multiple: 1, context: 0.5) }

    func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image { request.hole.image.rgb }
}

/// Puts a disc in the middle of the hole, on grey.
private struct DiscFiller: HoleFiller {
    var needs: CropPlan.Needs { CropPlan.Needs(size: .free(thickness: 500), multiple: 1, context: 0.5) }

    func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
        let shown = request.shown
        guard let box = request.hole.boundingBox else { return shown }
        let (w, h, radius) = (shown.width, shown.height, 2 * box.width / 5)
        let bytes = (0..<w * h).flatMap { pixel -> [UInt8] in
            let (x, y) = (pixel % w - box.left - box.width / 2, pixel / w - box.top - box.height / 2)
            return x * x + y * y < radius * radius ? [250, 60, 90] : [90, 90, 90]
        }
        return Image(width: w, height: h, channels: 3, bytes: bytes)
    }
}
