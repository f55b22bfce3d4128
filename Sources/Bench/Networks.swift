// The networks that workloads run: of published sizes with random weights, or those a user brings.

import Arrays
import Autograd
import BLIP
import CLIP
import Checkpoints
import LaMa
public import Lathe
import SegmentAnything
import StableDiffusion
import Tokenizers

/// Where the networks of workloads come from.
///
/// Random weights serve as well as trained ones, because time does not depend on the numbers; a checkpoint serves
/// who wants to know about a network of another size.
public struct Networks: Sendable {
    private let session: ModelSession
    private let given: Set<ModelSet.Part>
    private let random: WeightScope

    /// - Parameters:
    ///   - models: where given parts lie, and what products with weights multiply.
    ///   - given: the parts that are taken from `models`; all others are of published size, with random weights.
    public init(_ models: ModelSet = ModelSet(root: nil), given: Set<ModelSet.Part> = []) {
        // A workload's peak memory must not count the models of the one before it: one is kept at a time.
        (session, self.given) = (ModelSession(models, memoryLimit: 0), given)
        random = .random(seed: 0).multiplied(in: models.precision)
    }

    /// What products with weights multiply.
    var precision: Precision { session.models.precision }

    /// Where the weights of a part come from; nil where they are random.
    func origin(of part: ModelSet.Part?) -> String? {
        part.flatMap { given.contains($0) ? session.models.path(of: $0) : nil }
    }

    func segmenter() throws -> SegmentAnythingModel {
        if given.contains(.segmenter) {
            guard let model = try session.segmenter() as? SegmentAnythingModel else {
                throw LatheError(.modelUnusable, "the segmenter's workloads take a SAM model")
            }
            return model
        }
        return try SegmentAnythingModel(SegmentAnythingConfiguration(), from: random)
    }

    func captioner() throws -> BLIPCaptioner {
        if given.contains(.captioner) { return try session.captioner() }
        let configuration = BLIPConfiguration()
        // Ids of the published vocabulary that the captioner itself knows.
        var pieces = (0..<configuration.text.vocabularySize).map { "piece\($0)" }
        for (id, piece) in [(0, "[PAD]"), (100, "[UNK]"), (101, "[CLS]"), (102, "[SEP]")] {
            pieces[id] = piece
        }
        return try BLIPCaptioner(
            configuration, from: random, tokenizer: try BERTTokenizer(pieces: pieces))
    }

    func inpainter() throws -> LaMaModel {
        if given.contains(.inpainter) { return try session.inpainter() }
        return try LaMaModel(LaMaConfiguration(), generator: random)
    }

    /// The pipeline whose networks the methods below take; nil where those are drawn.
    func pipeline() throws -> DiffusionPipeline? {
        given.contains(.diffusion) ? try session.diffusion() : nil
    }

    func textEncoder() throws -> CLIPTextEncoder {
        try pipeline()?.textEncoder ?? CLIPTextEncoder(try PublishedSizes.textEncoder(), from: random)
    }

    func unet(of pipeline: DiffusionPipeline?) throws -> UNet2DConditionModel {
        try pipeline?.unet ?? UNet2DConditionModel(try PublishedSizes.unet(), from: random)
    }

    func autoencoder(of pipeline: DiffusionPipeline?) throws -> Autoencoder {
        try pipeline?.autoencoder ?? .kl(try AutoencoderKL(try PublishedSizes.autoencoder(), from: random))
    }

    /// The noise of the pipeline's schedule.
    func schedule(of pipeline: DiffusionPipeline?) throws -> NoiseSchedule {
        try pipeline?.schedule ?? NoiseSchedule(try PublishedSizes.scheduler())
    }

    /// TAESD with random weights, whatever is given: pipelines have one autoencoder, and few have this one.
    func tinyAutoencoder() throws -> Autoencoder {
        .tiny(try AutoencoderTiny(try PublishedSizes.tinyAutoencoder(), from: random))
    }
}

extension UNet2DConditionModel {
    /// Latents of the size that the network was trained on: `[batch, side, side, channels]`.
    func latents(batch: Int, channels: Int? = nil) -> [Int] {
        let side = configuration.nativeSide()
        return [batch, side, side, channels ?? configuration.inChannels]
    }

    /// A prompt of random numbers for each of a batch.
    func context(batch: Int) -> Tensor {
        Tensor(noise([batch, 77, configuration.crossAttentionWidth], seed: 2))
    }
}
