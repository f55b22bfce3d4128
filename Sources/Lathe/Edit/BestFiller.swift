// Best-of-n filling, ranked by a captioning model.

import Arrays
package import Compositing
package import Images
import StableDiffusion

/// Fills each hole several times and keeps the result with the highest likelihood of the prompt under the
/// captioner.
///
/// Requests without a prompt are filled once.
package struct BestFiller: HoleFiller {
    private let filler: any HoleFiller
    private let judge: PromptJudge
    private let attempts: Int
    private let task: EditTask

    /// - Parameters:
    ///   - filler: makes each attempt.
    ///   - attempts: number of attempts per hole.
    ///   - task: fill or replace.
    ///   - session: gives the captioner.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the captioner.
    package init(_ filler: any HoleFiller, of attempts: Int, task: EditTask, session: ModelSession) throws {
        judge = try PromptJudge(session)
        (self.filler, self.attempts, self.task) = (filler, attempts, task)
    }

    /// A filler with a diffusion model; ranked if `attempts` is above one.
    /// - Parameters:
    ///   - pipeline: the diffusion model.
    ///   - options: its settings.
    ///   - canvas: the edited picture, whose size control pictures must have.
    ///   - task: of the edit.
    ///   - attempts: number of attempts per hole.
    ///   - session: gives the captioner, if there is more than one attempt.
    /// - Throws: as ``DiffusionFiller``, and `LatheError` (`modelUnusable`) naming what is wrong with the
    ///   captioner.
    /// - Returns: the filler.
    static func filler(
        _ pipeline: DiffusionPipeline, _ options: DiffusionOptions, for picture: Image, task: EditTask,
        attempts: Int, session: ModelSession
    ) throws -> any HoleFiller {
        let filler = try DiffusionFiller(
            pipeline, options, precision: session.models.precision, for: picture,
            context: DiffusionFiller.context(for: task))
        return attempts > 1
            ? try BestFiller(filler, of: attempts, task: task, session: session) : filler
    }

    package var needs: CropPlan.Needs { filler.needs }

    package func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
        guard !request.prompt.isEmpty else { return try filler.fill(request, progress: progress) }
        let subject = task == .replace ? try subject(of: request) : ""
        var best: (picture: Image, likelihood: Float)?
        var last = FillStep(0, of: 1)
        for attempt in 0..<attempts {
            var request = request
            // Distinct from the seeds of further versions and of the tiles of the detail pass.
            request.seed &+= UInt64(attempt) << 48
            let picture = try filler.fill(request) { step in
                var step = step
                (step.step, step.total) = (attempt * step.total + step.step, attempts * step.total)
                last = step
                try progress(step)
            }
            let likelihood = try judge.likelihood(
                of: request.prompt, after: subject, in: request.laid(picture))
            if best.map({ likelihood > $0.likelihood }) ?? true { best = (picture, likelihood) }
        }
        if let best,
            try best.likelihood <= judge.likelihood(of: request.prompt, after: subject, in: request.shown)
        {
            let total = max(1, last.total)
            try progress(
                FillStep(
                    total, of: total,
                    notes: [
                        "the captioner sees '\(request.prompt)' in none of \(attempts) attempts; other words or another seed may help"
                    ]))
        }
        return best?.picture ?? request.shown
    }

    /// A caption of the object that stays when its surroundings are replaced.
    private func subject(of request: HoleRequest) throws -> String {
        try judge.caption(request.shown.withAlpha(request.hole.inverted.values).composited(over: [1, 1, 1]))
    }
}

extension HoleRequest {
    /// The input with only the hole taken from the result, since models also change the rest.
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
