// The code of the articles in Lathe.docc, run with the starter models.
//
// What stands between a pair of marks is a code block of the article; ArticleTests compares them. Code outside the marks
// makes the jobs small.

import Evaluation
import Foundation
import Lathe
import Radiance
import Testing
import Toybox

@Suite(.serialized) struct ArticleCodeTests {
    private let models = EditBench.models.root ?? ""
    private let path = "\(EditBench.scenes)/penguin/photo.png"
    private let place: TemporaryFolder

    init() throws { place = try TemporaryFolder() }

    private var folder: String { place.path }
    private var run: String { "\(place.path)/run" }

    @Test func selecting() throws {
        // [Selecting 1]
        let session = ModelSession(ModelSet(root: models))
        let photo = try Image.load(path)

        var selection = Selection()
        selection.points = [Selection.Point(x: 244, y: 278)]
        let found = try session.segment(photo, selection)
        // [end]
        // [Selecting 2]
        print(found.mask.area, "pixels, score", found.score ?? 0)
        try found.object.savePNG("\(folder)/object.png")
        // [end]
        // [Selecting 3]
        selection.points = []
        selection.boxes = [Selection.Box(left: 140, top: 80, right: 375, bottom: 430)]
        selection.growth = .pixels(2)
        let grown = try session.segment(photo, selection)
        // [end]
        // [Selecting 4]
        let captions = try session.caption(photo, inside: found.mask)
        // [end]
        let truth = try Mask.load("\(EditBench.scenes)/penguin/mask.png")
        #expect(found.mask.intersection(truth).area > truth.area / 2)
        #expect(grown.mask.intersection(truth).area > truth.area / 2)
        #expect(try Image.load("\(folder)/object.png").channels == 4)
        #expect(captions.count == 1 && session.openings(of: .segmenter) == 1)
    }

    @Test func editing() throws {
        // [Editing 1]
        let session = ModelSession(ModelSet(root: models))
        let photo = try Image.load(path)

        var selection = Selection()
        selection.points = [Selection.Point(x: 244, y: 278)]
        let background = try session.remove(selection, from: photo)
        // [end]
        // [Editing 2]
        var options = EditOptions(
            task: .fill, picture: "", objects: [EditObject(selection: selection, prompt: "an orange carrot")],
            models: session.models, output: "")
        options.seed = 7
        options.growth = .percent(5)
        // [end]
        (options.diffusion.steps, options.attempts, options.ground) = (2, 1, .drawn)
        // [Editing 3]
        let versions = try session.edit(photo, options) { state in
            print(state.stage.label, state.step, "of", state.total)
        }
        try versions[0].savePNG("\(folder)/carrot.png")
        // [end]
        #expect(background.bytes != photo.bytes && background.width == photo.width)
        #expect(versions.count == 1 && versions[0].bytes != photo.bytes)
        #expect(try Image.load("\(folder)/carrot.png").bytes == versions[0].bytes)
    }

    @Test func lifting() throws {
        // [Lifting 1]
        let session = ModelSession(ModelSet(root: models))
        let photo = try Image.load(path)

        var selection = Selection()
        selection.points = [Selection.Point(x: 244, y: 278)]
        var options = LiftOptions(
            picture: path, selection: selection, preset: .draft, models: session.models, output: run)
        options.film.frames = 12
        // [end]
        options.settings = [
            "steps": "12", "samplesAcross": "24", "referenceSizes": "[32]", "smoothnessPoints": "128",
        ]
        (options.film.size, options.mesh) = (24, MeshOptions(resolution: 24, texture: 64))
        // [Lifting 2]
        let lift = try session.lift(photo, options)
        while let state = try lift.next() {
            if state.step == state.total { print(state.stage.label) }
        }
        let result = try lift.result()
        print(result.film, result.mesh)
        // [end]
        // [Lifting 3]
        let resumed = try Lift(resuming: run, session: session)
        print(resumed.isFinished)
        // [end]
        #expect(resumed.isFinished)
        for file in [result.film, result.mesh, result.report] {
            #expect(FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func training() throws {
        let captured = "\(folder)/captured"
        let toy = try ToyObject.make(seed: 1, split: .heldOut, className: "apple")
        try ToyCapture(train: 4, test: 1, size: 16).write(toy, into: captured)
        // [Training 1]
        var configuration = FitConfiguration(steps: 30, raysPerStep: 256, samplesAcross: 48)
        configuration.seed = 1
        let fit = try FitRun.run(configuration, folder: captured, output: run) { state in
            if state.step % 10 == 0 { print(state.step, "of", state.total) }
        }
        print(fit.steps, "steps, held-out PSNR", fit.heldOutQuality ?? 0, "dB")
        // [end]
        // [Training 2]
        let film = try Turntable.run(
            fit.field, film: FilmOptions(frames: 4, size: 32), output: "\(run)/turn.gif", searchPath: [],
            progress: { state in print("frame", state.step) })
        // [end]
        #expect(fit.steps == 30 && fit.heldOutQuality != nil)
        #expect(FileManager.default.fileExists(atPath: film.film))
    }
}
