// A painter with a diffusion model, set up from an edit's options.

package import Images
package import StableDiffusion

extension HolePainter {
    /// Sets up a painter and settles the options that were left open.
    /// - Parameters:
    ///   - pipeline: the diffusion model.
    ///   - canvas: the edited picture, whose size control pictures must have.
    ///   - options: of the edit; defaults are filled in.
    /// - Throws: `LatheError`: `modelUnusable` naming what is wrong with a model, `badInput` for a control
    ///   picture.
    /// - Returns: the painter, and notes for the user.
    package static func diffusion(
        _ pipeline: DiffusionPipeline, for canvas: Image, settling options: inout EditOptions,
        session: ModelSession
    ) throws -> (painter: HolePainter, notes: [String]) {
        let defaults = DiffusionModel.defaults(pipeline)
        // Without a prompt there is nothing to rank attempts by.
        let (attempts, tries) = defaults.attempts(
            asked: options.task == .remove ? 1 : options.attempts, models: options.models)
        let (ground, under) = defaults.ground(
            asked: options.task == .fill ? options.ground : .drawn, models: options.models)
        let filler = try BestFiller.filler(
            pipeline, options.diffusion, for: canvas, task: options.task, attempts: attempts,
            session: session)
        options.diffusion.guidance = options.diffusion.guidance ?? defaults.guidance
        options.diffusion.detail = options.diffusion.strengthOfDetail(filler.needs)
        (options.attempts, options.ground) = (attempts, ground)
        let painter = try HolePainter(filler: filler, options, session: session)
        var notes = [tries, under].compactMap(\.self)
        if let detail = options.diffusion.detail, detail > 0, painter.detail == 0 {
            notes.append(
                "\(options.diffusion.steps) steps leave none for a second pass of strength \(detail), which is left out"
            )
        }
        return (painter, notes)
    }
}
