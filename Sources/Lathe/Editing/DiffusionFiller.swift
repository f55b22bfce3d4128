// Holes filled by a diffusion model: what the prompt says appears in them.

import Arrays
import Editing
import Images
import StableDiffusion

struct DiffusionFiller: HoleFiller {
    private let pipeline: DiffusionPipeline
    private let options: DiffusionOptions
    /// Context round a hole, in sides of the hole.
    private let context: Float

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    init(_ models: ModelSet, _ options: DiffusionOptions, context: Float) throws {
        pipeline = try DiffusionModel.open(models, options)
        self.options = options
        self.context = context
    }

    var needs: CropPlan.Needs {
        let side = DiffusionModel.nativeSide(pipeline), multiple = DiffusionModel.multiple(pipeline)
        return CropPlan.Needs(
            size: .area(side: side, aspect: DiffusionModel.widestAspect), multiple: multiple, context: context
        )
    }

    func fill(
        _ shown: Image, hole: Mask, prompt: String, seed: UInt64, strength: Double, progress: FillProgress
    ) throws -> Image {
        var request = GenerationRequest(
            prompt: prompt, negativePrompt: options.negativePrompt,
            start: .inpainting(Inpainting(picture: shown, mask: hole, strength: strength)),
            steps: options.steps,
            sampler: try options.samplerKind(), guidance: options.guidance, seed: seed,
            random: options.usesTorchRandom ? .torch : .lathe)
        request.width = shown.width
        request.height = shown.height
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
            throw LatheError.badInput("the run has no steps; raise --steps or --strength")
        }
        return DiffusionModel.picture(of: latents, pipeline)
    }
}
