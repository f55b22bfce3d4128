// A painter that asks a diffusion model, as an edit's options and the model's size have it.

package import Images
package import StableDiffusion

extension HolePainter {
    /// - Parameters:
    ///   - canvas: what is edited, of whose size control pictures must be.
    ///   - options: of the edit; what they leave open is settled.
    /// - Returns: the painter, and what the user should know.
    /// - Throws: `LatheError`: `modelUnusable` naming what is wrong with a model, `badInput` for a control picture.
    package static func diffusion(
        _ pipeline: DiffusionPipeline, for canvas: Image, settling options: inout EditOptions
    ) throws -> (painter: HolePainter, notes: [String]) {
        let defaults = DiffusionModel.defaults(pipeline)
        // A hole that is asked for nothing in words has nothing to be chosen by.
        let (attempts, tries) = defaults.attempts(
            asked: options.task == .remove ? 1 : options.attempts, models: options.models)
        let (ground, under) = defaults.ground(
            asked: options.task == .fill ? options.ground : .drawn, models: options.models)
        let filler = try BestFiller.filler(
            pipeline, options.diffusion, for: canvas, task: options.task, attempts: attempts,
            models: options.models)
        options.diffusion.guidance = options.diffusion.guidance ?? defaults.guidance
        options.diffusion.detail = options.diffusion.strengthOfDetail(filler.needs)
        (options.attempts, options.ground) = (attempts, ground)
        let painter = try HolePainter(filler: filler, options)
        var notes = [tries, under].compactMap(\.self)
        if let detail = options.diffusion.detail, detail > 0, painter.detail == 0 {
            notes.append(
                "\(options.diffusion.steps) steps leave none for a second pass of strength \(detail), which is left out"
            )
        }
        return (painter, notes)
    }
}
