// Text-to-image and image-to-image generation.

import Arrays
import Compositing
import Foundation
import Images
import StableDiffusion

/// Text-to-image and image-to-image generation.
public enum GenerateRun {
    /// Generates pictures.
    /// - Parameters:
    ///   - options: what is generated.
    ///   - session: opened for `options.models`; nil opens the models for this job alone.
    ///   - progress: called after every step; what it throws ends the work, and no file remains.
    /// - Throws: `LatheError`: `badInput` for options and files, `modelUnusable` for models.
    /// - Returns: the files written.
    public static func run(
        _ options: GenerateOptions, session: ModelSession? = nil,
        progress: (EditState) throws -> Void = { _ in }
    ) throws -> GenerateResult {
        let session = session ?? ModelSession(options.models)
        try options.validate()
        let began = Date.now
        let places = try EditFolder(
            output: options.output, versions: options.candidates, keeping: [options.start].compactMap(\.self))
        let diffusion = options.diffusion
        let controls = try diffusion.controls.map {
            try ControlPicture($0, precision: options.models.precision)
        }
        let pipeline = try session.diffusion(diffusion)
        for control in controls { try control.check(pipeline) }
        let defaults = DiffusionModel.defaults(pipeline)
        let (attempts, warning) = defaults.attempts(asked: options.attempts, models: options.models)
        var options = options
        (options.attempts, options.diffusion.guidance) = (attempts, diffusion.guidance ?? defaults.guidance)
        var request = try diffusion.request(options.prompt, seed: options.seed, defaults)
        (request.width, request.height) = (options.width, options.height)
        request.candidates = options.candidates * attempts
        let judge = attempts > 1 ? try PromptJudge(session) : nil
        var notes = [warning].compactMap(\.self)
        if let path = options.start {
            let (picture, note) = try fitted(try Photograph.load(path), to: pipeline)
            request.start = .picture(picture, strength: diffusion.strength)
            if let note { notes.append(note) }
        }
        if !controls.isEmpty { notes += try steer(&request, controls, pipeline) }
        let runs = try LatheError.asking(.badInput) { try pipeline.candidates(request) }
        notes += runs.first?.notes ?? []
        for note in notes { try progress(EditState(stage: .fill, step: 0, total: 1, note: note)) }
        return try places.filled { files in
            let made = try draw(runs, pipeline, places, progress)
            let kept = try (0..<options.candidates).map {
                try best(
                    of: $0 * attempts..<($0 + 1) * attempts, made, prompt: options.prompt, judge)
            }
            let pictures = kept.map { made[$0] }
            try progress(EditState(stage: .write, step: 0, total: 1))
            for (index, picture) in pictures.enumerated() {
                try files.add(picture, at: places.version(index))
            }
            if pictures.count > 1 { try files.add(.contactSheet(pictures), at: places.sheet) }
            let result = GenerateResult(
                picture: places.picture, versions: pictures.indices.map(places.version),
                seeds: kept.map { runs[$0].seed }, sheet: pictures.count > 1 ? places.sheet : nil,
                notes: notes,
                seconds: Date.now.timeIntervalSince(began))
            if let path = places.record {
                let parts: [ModelSet.Part] = judge == nil ? [.diffusion] : [.diffusion, .captioner]
                let record = GenerateRecord(
                    options: options, models: try parts.map(options.models.record),
                    files: try Digest.sha256(
                        ofFiles: [options.start].compactMap(\.self) + diffusion.inputs),
                    result: result)
                try files.add(record, at: path)
            }
            try progress(EditState(stage: .write, step: 1, total: 1))
            return result
        }
    }

    /// The index of the picture most likely to show the prompt; without a judge, the first.
    private static func best(of range: Range<Int>, _ pictures: [Image], prompt: String, _ judge: PromptJudge?)
        throws -> Int
    {
        guard let judge else { return range.lowerBound }
        let likelihoods = try range.map { try judge.likelihood(of: prompt, in: pictures[$0]) }
        return range.max { likelihoods[$0 - range.lowerBound] < likelihoods[$1 - range.lowerBound] }
            ?? range.lowerBound
    }

    /// Adds the control conditions at the size of the result.
    /// - Returns: a note for each control picture of another aspect ratio.
    private static func steer(
        _ request: inout GenerationRequest, _ controls: [ControlPicture], _ pipeline: DiffusionPipeline
    ) throws -> [String] {
        let (width, height) = try LatheError.asking(.badInput) { try pipeline.size(for: request) }
        request.controls = try controls.map { try $0.hint(width: width, height: height) }
        return controls.filter { $0.width * height != $0.height * width }.map {
            "the control picture of \($0.width) x \($0.height) was stretched to \(width) x \(height)"
        }
    }

    private static func draw(
        _ runs: [Generation], _ pipeline: DiffusionPipeline, _ places: EditFolder,
        _ progress: (EditState) throws -> Void
    ) throws -> [Image] {
        var pace = TimeLeft(), last = Date.now, previews = 0, done = 0
        let total = runs.reduce(0) { $0 + $1.count }
        return try runs.map { run in
            var latents: NDArray?
            for state in run {
                latents = state.latents
                done += 1
                pace.add(seconds: Date.now.timeIntervalSince(last))
                last = .now
                try progress(
                    EditState(
                        stage: .fill, step: done, total: total,
                        secondsLeft: pace.seconds(forSteps: total - done)))
                if state.step % max(1, state.total / 10) == 0, let path = places.preview(previews) {
                    try LatheError.asking(.badInput) {
                        try DiffusionModel.picture(of: state.clean, pipeline).savePNG(path)
                    }
                    previews += 1
                }
            }
            guard let latents else {
                throw LatheError.badInput("the run has no steps; raise \(.steps) or \(.strength)")
            }
            let picture = DiffusionModel.picture(of: latents, pipeline)
            return picture
        }
    }

    /// The start picture resized to the nearest size that the model supports.
    private static func fitted(_ picture: Image, to pipeline: DiffusionPipeline) throws -> (Image, String?) {
        let multiple = DiffusionModel.multiple(pipeline)
        func near(_ side: Int) -> Int { max(1, (side + multiple / 2) / multiple) * multiple }
        let (w, h) = (near(picture.width), near(picture.height))
        guard (w, h) != (picture.width, picture.height) else { return (picture.seen, nil) }
        return (
            picture.seen.resized(width: w, height: h, filter: .bicubic),
            "the picture of \(picture.width) x \(picture.height) was resized to \(w) x \(h): sides must be multiples of \(multiple)"
        )
    }
}
