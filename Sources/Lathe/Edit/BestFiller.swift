// The best of several fills of a hole, as the captioner reads them.

import Arrays
package import Compositing
package import Images
import StableDiffusion

/// Fills each hole several times and keeps the picture in which the captioner likeliest reads the prompt.
///
/// Holes that are filled with nothing in words are filled once.
package struct BestFiller: HoleFiller {
    private let filler: any HoleFiller
    private let judge: PromptJudge
    private let attempts: Int
    private let task: EditTask

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the captioner.
    package init(_ filler: any HoleFiller, of attempts: Int, task: EditTask, models: ModelSet) throws {
        judge = try PromptJudge(models)
        (self.filler, self.attempts, self.task) = (filler, attempts, task)
    }

    /// A diffusion model that fills each hole `attempts` times.
    /// - Parameter models: hold the captioner, if there is more than one attempt.
    /// - Throws: as ``DiffusionFiller``, and `LatheError` (`modelUnusable`) naming what is wrong with the captioner.
    static func filler(
        _ pipeline: DiffusionPipeline, _ options: DiffusionOptions, for picture: Image, task: EditTask,
        attempts: Int, models: ModelSet
    ) throws -> any HoleFiller {
        let filler = try DiffusionFiller(
            pipeline, options, precision: models.precision, for: picture,
            context: DiffusionFiller.context(for: task))
        return attempts > 1
            ? try BestFiller(filler, of: attempts, task: task, models: models) : filler
    }

    package var needs: CropPlan.Needs { filler.needs }

    package func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
        guard !request.prompt.isEmpty else { return try filler.fill(request, progress: progress) }
        let subject = task == .replace ? try subject(of: request) : ""
        var best: (picture: Image, likelihood: Float)?
        for attempt in 0..<attempts {
            var request = request
            // Far from the seeds of further versions and of the tiles of a second pass.
            request.seed &+= UInt64(attempt) << 48
            let picture = try filler.fill(request) { step in
                var step = step
                (step.step, step.total) = (attempt * step.total + step.step, attempts * step.total)
                try progress(step)
            }
            let likelihood = try judge.likelihood(
                of: request.prompt, after: subject, in: request.laid(picture))
            if best.map({ likelihood > $0.likelihood }) ?? true { best = (picture, likelihood) }
        }
        return best?.picture ?? request.shown
    }

    /// What stays when everything round an object is replaced, in words.
    private func subject(of request: HoleRequest) throws -> String {
        try judge.caption(request.shown.withAlpha(request.hole.inverted.values).composited(over: [1, 1, 1]))
    }
}

extension HoleRequest {
    /// What is shown, with the hole filled: models also draw what stays, and not as it is.
    fileprivate func laid(_ made: Image) -> Image {
        let members = hole.inside
        var result = shown
        result.pixels.withUnsafeMutableBuffer { values in
            made.rgb.pixels.withUnsafeBuffer { made in
                for k in values.indices where members[k / 3] { values[k] = made[k] }
            }
        }
        return result
    }
}
