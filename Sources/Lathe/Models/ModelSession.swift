// The models of one set, each opened once and shared by all jobs.

import Arrays
package import BLIP
import Distillation
import Foundation
package import Images
package import LaMa
package import StableDiffusion

/// Opens each model of a set on first use and keeps it for later jobs.
///
/// A session may be used by several threads. Models leave it, least recently used first, when the weights that it holds would
/// exceed `memoryLimit`. It also keeps the segmenter's embeddings of the last few pictures, so that further prompts on a picture
/// cost the mask decoder alone.
public final class ModelSession: Sendable {
    /// Where the models lie.
    public let models: ModelSet
    private let cache: ModelCache
    private let embeddings: EmbeddingCache

    /// Opens nothing yet.
    /// - Parameters:
    ///   - models: Where the models lie.
    ///   - memoryLimit: Bytes of weights that are kept at most; nil: half of the machine's memory.
    public init(_ models: ModelSet, memoryLimit: Int? = nil) {
        self.models = models
        cache = ModelCache(
            limit: memoryLimit ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2))
        embeddings = EmbeddingCache()
    }

    /// How often a model was opened for a part since the session began.
    package func openings(of part: ModelSet.Part) -> Int { cache.openings(of: part) }

    /// How many pictures the segmenter has encoded since the session began.
    package var encodings: Int { embeddings.encodings }

    /// The model that turns prompts on a picture into masks.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    package func segmenter() throws -> any PromptableSegmenter {
        try open(.segmenter) { try opened(.segmenter, as: (any PromptableSegmenter).self) }
    }

    /// The segmenter's embedding of a picture, kept while the picture is one of the last few.
    /// - Parameter picture: RGB.
    package func embedding(of picture: Image) throws -> any PictureEmbedding {
        let segmenter = try segmenter()
        return embeddings.value(for: picture) { segmenter.embed(picture) }
    }

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    package func captioner() throws -> BLIPCaptioner {
        try open(.captioner) { try opened(.captioner, as: BLIPCaptioner.self) }
    }

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    package func inpainter() throws -> LaMaModel {
        try open(.inpainter) { try opened(.inpainter, as: LaMaModel.self) }
    }

    /// The text-conditioned pipeline with the adapters of `options`.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model or an adapter.
    package func diffusion(_ options: DiffusionOptions = DiffusionOptions()) throws -> DiffusionPipeline {
        let adapters = (options.loras + options.embeddings).map { "\($0.path):\($0.strength)" }
        var rest = [
            options.tokenizer ?? "", options.prediction.map { "\($0)" } ?? "", options.autoencoder ?? "",
        ]
        let location = try models.location(of: .diffusion)
        if isFolder(location), let sampler = try? DiffusionModel.neededSampler(location, options) {
            rest.append(sampler.rawValue)
        }
        return try open(.diffusion, variant: (adapters + rest).joined(separator: "\n")) {
            try opened(.diffusion, as: DiffusionPipeline.self, options)
        }
    }

    /// The view prior, conditioned on a picture.
    /// - Parameters:
    ///   - reference: `[side, side, 4]`, premultiplied, framed.
    ///   - caption: What text-conditioned priors are told.
    ///   - elevation: Of the picture's camera, degrees; nil where it is not known.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    func viewPrior(reference: NDArray, caption: String, elevation: Float?) throws -> any ViewPrior {
        let folder = try models.folder(of: .viewPrior)
        let kind = try ModelKind.find(at: folder, for: .viewPrior)
        let request = ModelKind.PriorRequest(
            session: self, folder: folder, reference: reference, caption: caption, elevation: elevation)
        return try LatheError.asking(.modelUnusable) {
            guard let prior = try kind.prior?(request) else {
                throw LatheError.modelUnusable("\(folder) is \(kind.name), which is no view prior")
            }
            return prior
        }
    }

    /// A part's model as its kind opens it, not kept.
    private func opened<Value>(
        _ part: ModelSet.Part, as type: Value.Type, _ diffusion: DiffusionOptions = DiffusionOptions()
    ) throws -> Value {
        let path = try models.location(of: part)
        let source = ModelKind.Source(path: path, precision: models.precision, diffusion: diffusion)
        return try ModelKind.find(at: path, for: part).opened(source, as: type)
    }

    /// What `open` gives for a part, opened once for each variant.
    /// - Parameter variant: Everything beside the part's location that the result depends on.
    func open<Value: Sendable>(
        _ part: ModelSet.Part, variant: String = "", _ open: () throws -> Value
    ) throws -> Value {
        // Half precision is expanded to float32: files of twice the size, at most.
        let key = ModelCache.Key(part: part, location: try models.location(of: part), variant: variant)
        return try cache.value(key, bytes: 2 * models.weightFileBytes(of: part), open: open)
    }
}
