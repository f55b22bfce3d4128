// The best of several fills of a hole, as the captioner reads them.

import BLIP
package import Editing
package import Images
import StableDiffusion

/// Fills each hole several times and keeps the picture in which the captioner likeliest reads the prompt.
///
/// Ramesh and others 2021 ("Zero-Shot Text-to-Image Generation", section 2.6) rank with CLIP; a captioner asks the same
/// question the other way round. Holes that are filled with nothing in words are filled once.
package struct BestFiller: HoleFiller {
    private let filler: any HoleFiller
    private let captioner: BLIPCaptioner
    private let attempts: Int
    private let task: EditTask

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the captioner.
    package init(_ filler: any HoleFiller, of attempts: Int, task: EditTask, models: ModelSet) throws {
        captioner = try Captioning.open(models)
        (self.filler, self.attempts, self.task) = (filler, attempts, task)
    }

    /// A diffusion model that fills each hole `attempts` times.
    /// - Throws: as ``DiffusionFiller``, and `LatheError` (`modelUnusable`) naming what is wrong with the captioner.
    static func filler(
        _ models: ModelSet, _ options: DiffusionOptions, for picture: Image, task: EditTask, attempts: Int
    ) throws -> any HoleFiller {
        let filler = try DiffusionFiller(
            models, options, for: picture, context: DiffusionFiller.context(for: task))
        return attempts > 1
            ? try BestFiller(filler, of: attempts, task: task, models: models) : filler
    }

    package var needs: CropPlan.Needs { filler.needs }

    package func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
        guard !request.prompt.isEmpty else { return try filler.fill(request, progress: progress) }
        let words = PromptGrammar.weighted.pieces(of: request.prompt).map(\.text).joined()
        let prompt = CaptionOptions().prompt + kept(in: request)
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
            let likelihood =
                captioner.likelihood(of: words, after: prompt, in: captioner.encode(picture)) ?? -.infinity
            if best.map({ likelihood > $0.likelihood }) ?? true { best = (picture, likelihood) }
        }
        return best?.picture ?? request.shown
    }

    /// What stays when everything round an object is replaced, as the words that a caption would begin with.
    private func kept(in request: HoleRequest) -> String {
        guard task == .replace else { return "" }
        let object = request.shown.withAlpha(request.hole.inverted.values).composited(over: [1, 1, 1])
        return Captioning.captions(of: object, by: captioner, search: .beams(3))[0] + " "
    }
}
