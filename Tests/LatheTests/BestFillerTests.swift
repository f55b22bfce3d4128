// The best of several fills, as the captioner reads them.

import Arrays
import Compositing
import Evaluation
import Foundation
import Images
import Lathe
import Testing

@Suite struct BestFillerTests {
    /// Shows what was asked for in one attempt only.
    private struct Lucky: HoleFiller {
        let lucky: Int
        let truth: Image
        let needs = CropPlan.Needs(size: .area(side: 96, aspect: 1), multiple: 8, context: 0.1)

        func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
            for step in 0...2 { try progress(FillStep(step, of: 2)) }
            let picture = Int(request.seed >> 48) == lucky ? truth : EditBench.noise(width: 96, height: 96)
            return picture.resized(width: request.shown.width, height: request.shown.height, filter: .bicubic)
        }
    }

    private func request(_ trial: PromptTrial, prompt: String) throws -> HoleRequest {
        let plan = try #require(
            CropPlan(
                hole: trial.object,
                needs: CropPlan.Needs(size: .area(side: 96, aspect: 1), multiple: 8, context: 0.1)))
        return HoleRequest(
            trial.picture, hole: trial.object, plan: plan, bridged: true, prompt: prompt, seed: 5, strength: 1
        )
    }

    @Test(arguments: [0, 1, 2])
    func whatShowsThePromptIsKept(lucky: Int) throws {
        for trial in try PromptTrial.trials(.fill, count: 3, seed: 1, side: 96) {
            let filler = Lucky(lucky: lucky, truth: trial.truth)
            let best = try BestFiller(filler, of: 3, task: .fill, session: ModelSession(EditBench.models))
            let request = try request(trial, prompt: "(\(trial.prompt):1.2)")
            var steps: [Int] = []
            let kept = try best.fill(request) { step in
                #expect(step.total == 6)
                steps.append(step.step)
            }
            let truth = trial.truth.resized(
                width: request.shown.width, height: request.shown.height, filter: .bicubic)
            #expect(kept.pixels.scalars == truth.pixels.scalars, "\(trial.prompt)")
            #expect(steps == [0, 1, 2, 2, 3, 4, 4, 5, 6])
        }
    }

    @Test func whatHasNoWordsIsMadeOnce() throws {
        let trial = try PromptTrial.trials(.fill, count: 1, seed: 1, side: 96)[0]
        let best = try BestFiller(
            Lucky(lucky: 0, truth: trial.truth), of: 4, task: .fill, session: ModelSession(EditBench.models))
        var steps = 0
        _ = try best.fill(try request(trial, prompt: "")) { _ in steps += 1 }
        #expect(steps == 3)
    }

    @Test func theBestOfSeveralPicturesIsOneOfThem() throws {
        let folder = try TemporaryFolder()
        func options(_ output: String) -> GenerateOptions {
            var options = GenerateOptions(
                prompt: "a red apple", models: EditBench.models, output: "\(folder.path)/\(output)")
            options.diffusion.steps = 4
            return options
        }
        var several = options("several")
        (several.candidates, several.attempts, several.seed) = (2, 3, 10)
        let found = try GenerateRun.run(several)
        #expect(found.versions.count == 2)
        for (index, seed) in found.seeds.enumerated() {
            #expect((10 + 3 * index..<13 + 3 * index).contains(Int(seed)))
            var alone = options("alone\(index).png")
            (alone.seed, alone.attempts) = (seed, 1)
            let again = try GenerateRun.run(alone)
            #expect(
                try Image.load(again.picture).pixels.scalars
                    == Image.load(found.versions[index]).pixels.scalars)
        }
        let record = try String(contentsOfFile: "\(folder.path)/several/run.json", encoding: .utf8)
        #expect(record.contains("captioner"))
        var none = options("none.png")
        none.attempts = 0
        #expect(throws: LatheError.self) { try GenerateRun.run(none) }
    }

    /// What `run.json` of an edit says.
    private struct Record: Decodable {
        struct Options: Decodable {
            struct Diffusion: Decodable { let guidance: Float, detail: Double }
            let attempts: Int, diffusion: Diffusion
        }
        let options: Options
    }

    /// A small model is asked less strongly and more often, as long as there is a captioner; the record says so.
    @Test(arguments: [true, false]) func whatIsLeftOpenIsSettledBeforeItIsRecorded(hasCaptioner: Bool) throws
    {
        let folder = try TemporaryFolder(), scene = "\(EditBench.scenes)/mug"
        var options = EditBench.options(
            .fill, "\(scene)/photo.png", masks: ["\(scene)/mask.png"], prompt: "a red apple",
            output: "\(folder.path)/out")
        (options.attempts, options.diffusion.detail) = (nil, nil)
        if !hasCaptioner {
            options.models = ModelSet(
                root: nil, overrides: [.diffusion: "\(EditBench.models.root!)/diffusion"])
        }
        var calls = 0
        let result = try EditRun.run(options) { if $0.stage == .fill { calls = max(calls, $0.total) } }
        let record = try JSONDecoder().decode(
            Record.self, from: Data(contentsOf: URL(filePath: "\(folder.path)/out/run.json")))
        #expect(record.options.attempts == (hasCaptioner ? 8 : 1))
        #expect(record.options.diffusion.guidance == 4 && record.options.diffusion.detail == 0)
        #expect(calls == (hasCaptioner ? 16 : 2))
        #expect(result.notes.contains { $0.contains("no captioner") } == !hasCaptioner)
    }
}
