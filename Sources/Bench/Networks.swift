// The networks of workloads: published sizes with random weights, or a user's checkpoints.

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

/// The source of the workloads' networks.
///
/// Random weights are sufficient, because time does not depend on the values; a checkpoint is for timing a network of
/// another size.
public struct Networks: Sendable {
    private let session: ModelSession
    private let given: Set<ModelSet.Part>
    private let random: WeightScope

    /// - Parameters:
    ///   - models: paths of the given parts, and the matmul precision.
    ///   - given: the parts taken from `models`; all others have published sizes and random weights.
    public init(_ models: ModelSet = ModelSet(root: nil), given: Set<ModelSet.Part> = []) {
        // A workload's peak memory must not include models of the previous one: one is kept at a time.
        (session, self.given) = (ModelSession(models, memoryLimit: 0), given)
        random = .random(seed: 0).multiplied(in: models.precision)
    }

    /// The matmul precision.
    var precision: Precision { session.models.precision }

    /// The source of a part's weights; nil if they are random.
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
        // Ids of the published vocabulary that the captioner uses.
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

    /// The pipeline whose networks the methods below use; nil if weights are random.
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

    /// The pipeline's noise schedule.
    func schedule(of pipeline: DiffusionPipeline?) throws -> NoiseSchedule {
        try pipeline?.schedule ?? NoiseSchedule(try PublishedSizes.scheduler())
    }

    /// TAESD with random weights in any case: pipelines have one autoencoder, and rarely this one.
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

    /// Random context tokens for a batch.
    func context(batch: Int) -> Tensor {
        Tensor(noise([batch, 77, configuration.crossAttentionWidth], seed: 2))
    }
}
