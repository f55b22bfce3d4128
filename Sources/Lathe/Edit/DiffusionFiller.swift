// Fills holes with a text-conditioned diffusion model.

import Arrays
import Compositing
import Images
import StableDiffusion

struct DiffusionFiller: HoleFiller {
    private let pipeline: DiffusionPipeline
    private let options: DiffusionOptions
    private let controls: [ControlPicture]
    /// Context round a hole, in sides of the hole.
    private let context: Float

    /// A filled object needs little context; replaced surroundings need the whole object in view.
    static func context(for task: EditTask) -> Float { task == .fill ? 0.15 : 0.25 }

    /// - Parameter picture: what is edited, of whose size control pictures must be.
    /// - Throws: `LatheError`: `modelUnusable` or `badInput` for a control.
    init(
        _ pipeline: DiffusionPipeline, _ options: DiffusionOptions, precision: Precision, for picture: Image,
        context: Float
    ) throws {
        controls = try options.controls.map { try ControlPicture($0, precision: precision, for: picture) }
        self.pipeline = pipeline
        for control in controls { try control.check(pipeline) }
        self.options = options
        self.context = context
    }

    var needs: CropPlan.Needs {
        let side = pipeline.nativeSide, multiple = DiffusionModel.multiple(pipeline)
        return CropPlan.Needs(
            size: .area(side: side, aspect: DiffusionModel.widestAspect), multiple: multiple, context: context
        )
    }

    func fill(_ hole: HoleRequest, progress: FillProgress) throws -> Image {
        var request = try options.request(
            hole.prompt, seed: hole.seed, DiffusionModel.defaults(pipeline))
        request.start = .inpainting(
            Inpainting(picture: hole.shown, mask: hole.hole, strength: hole.strength))
        request.width = hole.shown.width
        request.height = hole.shown.height
        // Equal prompts make guidance a no-op, so one pass per step suffices.
        if hole.prompt == options.negativePrompt { request.guidance = 1 }
        // Prompt editing needs a prompt.
        if hole.prompt.isEmpty { request.change = nil }
        request.controls = try controls.map { try $0.hint(cutBy: hole.plan) }
        let run = try LatheError.asking(.badInput) { try pipeline.generate(request) }
        try progress(FillStep(0, of: run.count, notes: run.notes))
        var latents: NDArray?
        for state in run {
            try progress(
                FillStep(
                    state.step, of: state.total,
                    preview: { DiffusionModel.picture(of: state.clean, pipeline) }))
            latents = state.latents
        }
        guard let latents else {
            throw LatheError.badInput("the run has no steps; raise \(.steps) or \(.strength)")
        }
        let picture = DiffusionModel.picture(of: latents, pipeline)
        return picture
    }
}
