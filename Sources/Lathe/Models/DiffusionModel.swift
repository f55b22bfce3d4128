// Opening a diffusion pipeline with its adapters, and the sizes at which it works.

import Arrays
import Checkpoints
import Images
import StableDiffusion

package enum DiffusionModel {
    /// Wider or higher pictures than this many times the other side were rare in every training set.
    static let widestAspect: Float = 1.6

    /// A pipeline folder with the adapters asked for.
    static func open(folder source: ModelKind.Source) throws -> DiffusionPipeline {
        guard source.diffusion.tokenizer == nil, source.diffusion.prediction == nil else {
            throw LatheError.badInput(
                "\(source.path) is a folder, which says both itself; \(.tokenizer) and \(.prediction) are for single files"
            )
        }
        return try DiffusionPipeline(
            folder: source.path, sampler: try neededSampler(source.path, source.diffusion),
            adapters: try adapters(source.diffusion), autoencoder: source.diffusion.autoencoder,
            precision: source.precision)
    }

    /// The sampler that is asked for, where a folder has none of its own that is supported; nil otherwise.
    ///
    /// A request names the sampler that it wants by itself, so that one opened pipeline serves them all.
    static func neededSampler(_ folder: String, _ options: DiffusionOptions) throws -> SamplerKind? {
        guard let asked = try options.samplerKind() else { return nil }
        return try DiffusionPipeline.needsSampler(folder: folder) ? asked : nil
    }

    /// A pipeline in one file with the adapters asked for.
    static func open(singleFile source: ModelKind.Source) throws -> DiffusionPipeline {
        if source.diffusion.autoencoder == nil,
            try !WeightFile.open(source.path).names.contains(where: {
                $0.hasPrefix(SingleFileAutoencoder.prefix)
            })
        {
            throw LatheError.modelUnusable(
                "\(source.path) holds no autoencoder ('\(SingleFileAutoencoder.prefix)'); give one with \(.autoencoder)"
            )
        }
        return try DiffusionPipeline(
            singleFile: source.path, tokenizer: source.diffusion.tokenizer,
            prediction: source.diffusion.prediction, adapters: try adapters(source.diffusion),
            autoencoder: source.diffusion.autoencoder, precision: source.precision)
    }

    private static func adapters(_ options: DiffusionOptions) throws -> [Adapter] {
        let loras = try options.loras.map { source in
            let adapter = try Adapter(path: source.path, strength: source.strength)
            guard case .lora = adapter else {
                throw LatheError.modelUnusable(
                    "\(source.path) is a textual-inversion embedding; give it to \(.embeddings), not \(.loras)"
                )
            }
            return adapter
        }
        let words = try options.embeddings.map { source in
            let adapter = try Adapter(path: source.path)
            guard case .word = adapter else {
                throw LatheError.modelUnusable(
                    "\(source.path) is a LoRA; give it to \(.loras), not \(.embeddings)")
            }
            return adapter
        }
        return loras + words
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
