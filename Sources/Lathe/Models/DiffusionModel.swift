// Opening a diffusion pipeline with its adapters, and the sizes at which it works.

import Arrays
import Images
package import StableDiffusion

package enum DiffusionModel {
    /// Wider or higher pictures than this many times the other side were rare in every training set.
    static let widestAspect: Float = 1.6

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model or an adapter.
    package static func open(_ models: ModelSet, _ options: DiffusionOptions) throws -> DiffusionPipeline {
        let path = try models.location(of: .diffusion)
        return try LatheError.asking(.modelUnusable) {
            let adapters = try (options.loras + options.embeddings).map {
                try Adapter(path: $0.path, strength: $0.strength)
            }
            guard isFolder(path) else {
                return try DiffusionPipeline(
                    singleFile: path, tokenizer: options.tokenizer, prediction: options.prediction,
                    adapters: adapters, precision: models.precision)
            }
            guard options.tokenizer == nil, options.prediction == nil else {
                throw LatheError.badInput(
                    "\(path) is a folder, which says both itself; --tokenizer and --prediction are for single files"
                )
            }
            return try DiffusionPipeline(folder: path, adapters: adapters, precision: models.precision)
        }
    }

    /// What the model is asked where the user leaves it open.
    static func defaults(_ pipeline: DiffusionPipeline) -> DiffusionDefaults {
        DiffusionDefaults(side: pipeline.nativeSide)
    }

    /// What both sides of a picture are a multiple of, so that every level of the network has whole pixels.
    static func multiple(_ pipeline: DiffusionPipeline) -> Int {
        pipeline.autoencoder.downscale << (pipeline.unet.configuration.channels.count - 1)
    }

    /// The picture of one set of latents.
    static func picture(of latents: NDArray, _ pipeline: DiffusionPipeline) -> Image {
        let pixels = pipeline.pictures(of: latents)
        return Image(pixels.reshaped(Array(pixels.shape.dropFirst())))
    }
}
