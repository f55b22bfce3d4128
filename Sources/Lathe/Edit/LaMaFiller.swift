// Fills holes with LaMa.

import Arrays
package import Compositing
package import Images
import LaMa

/// Inpainting with LaMa, which continues the surroundings.
package struct LaMaFiller: HoleFiller {
    private let model: LaMaModel
    private let refines: Bool

    /// Opens the model.
    /// - Parameters:
    ///   - models: hold the inpainter.
    ///   - refines: whether to refine results coarse to fine.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    package init(_ session: ModelSession, refines: Bool) throws {
        model = try session.inpainter()
        self.refines = refines
    }

    package var needs: CropPlan.Needs {
        // A hole larger than in training has no surroundings within the receptive field. The refinement
        // handles scale itself.
        CropPlan.Needs(
            size: .free(thickness: refines ? .max : model.configuration.trainingSide),
            multiple: model.configuration.modulo,
            context: 1.5)
    }

    package func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
        let shown = request.shown, (h, w) = (shown.height, shown.width)
        let image = shown.pixels.reshaped([1, h, w, 3]), mask = request.hole.values.reshaped([1, h, w, 1])
        var result = image
        if refines {
            let run = model.refine(image, mask: mask)
            for state in run {
                let done = (state.scale - 1) * state.iterations + state.iteration
                try progress(FillStep(done, of: state.scales * state.iterations))
                result = state.picture ?? result
            }
        } else {
            for state in model.inpaint(image, mask: mask) {
                try progress(FillStep(state.step, of: state.steps))
                result = state.picture
            }
        }
        return Image(result.reshaped([h, w, 3]))
    }
}
