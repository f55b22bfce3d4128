// Opening of Stable Diffusion checkpoints in a single file.

public import Arrays
import CLIP
import Checkpoints
import Files
import Tokenizers

extension DiffusionPipeline {
    /// Opens a single `.safetensors` or `.ckpt` file of Stable Diffusion 1 or 2, including inpainting models.
    ///
    /// Sizes are inferred from the tensors. The file does not contain the text encoder's vocabulary, nor whether the
    /// denoiser predicts noise or velocity.
    /// - Parameters:
    ///   - tokenizer: a tokenizer folder, or OpenAI's `bpe_simple_vocab_16e6.txt.gz`; nil searches for either next to
    ///     the file.
    ///   - prediction: the denoiser's prediction type. Nil means noise, except for four-channel models of Stable
    ///     Diffusion 2, some of which (2.0 and 2.1 for 768 pixels) predict velocity: for these it is required.
    ///   - kind: the sampler.
    ///   - adapters: merged into the weights and the vocabulary in this order.
    ///   - own: a folder or file with an autoencoder to use in place of the file's; required if the file has none.
    /// - Throws: `CheckpointError` when the file is damaged or of another kind, the vocabulary is not found, or
    ///   `prediction` is needed, or an adapter was made for another model.
    public init(
        singleFile path: String, tokenizer: String? = nil, prediction: PredictionType? = nil,
        sampler kind: SamplerKind = .ddim, adapters: [Adapter] = [], autoencoder own: String? = nil,
        precision: Precision = .float32
    ) throws {
        try self.init(
            SingleFileCheckpoint(from: try WeightScope.open(path).multiplied(in: precision)),
            tokenizer: tokenizer,
            prediction: prediction,
            sampler: kind, adapters: adapters,
            autoencoder: own.map { try Autoencoder(at: $0, precision: precision) })
    }

    package init(
        _ file: SingleFileCheckpoint, tokenizer: String?, prediction: PredictionType?,
        sampler kind: SamplerKind, adapters: [Adapter] = [], autoencoder own: Autoencoder? = nil
    ) throws {
        let needsAnswer = file.family == .two && file.configurations.unet.inChannels == 4
        guard let prediction = prediction ?? (needsAnswer ? nil : .epsilon) else {
            throw CheckpointError(
                path: file.origin,
                reason:
                    "the tensors of Stable Diffusion 2 do not tell what it predicts; give the prediction: epsilon (the 512-pixel "
                    + "'base' models) or v_prediction (those for 768 pixels)")
        }
        let vocabulary = try DiffusionPipeline.vocabulary(tokenizer, beside: file.origin)
        let schedule = NoiseSchedule(
            try SingleFileConfigurations.decoded(
                ScheduleFile(prediction: prediction.rawValue), origin: file.origin))
        let (tokenizer, textEncoder) = try DiffusionPipeline.added(
            adapters, to: file.family == .two ? vocabulary.padded(with: 0) : vocabulary,
            CLIPTextEncoder(
                file.configurations.text, from: adapters.merged(into: file.text, of: .textEncoder)))
        let unet = try UNet2DConditionModel(
            file.configurations.unet, from: adapters.merged(into: file.unet, of: .unet))
        let autoencoder = try own ?? .kl(file.requireAutoencoder().opened())
        for part in [file.text, file.unet] { try part.finish() }
        try self.init(
            tokenizer: tokenizer, textEncoder: textEncoder, unet: unet, autoencoder: autoencoder,
            sampler: kind.sampler(schedule), origin: file.origin)
    }

    /// A tokenizer and an encoder with the textual inversions added; vocabulary errors become checkpoint errors.
    private static func added(
        _ adapters: [Adapter], to tokenizer: CLIPTokenizer, _ encoder: CLIPTextEncoder
    ) throws -> (CLIPTokenizer, CLIPTextEncoder) {
        do {
            return try adapters.added(to: tokenizer, encoder)
        } catch let error as TokenizerError {
            throw CheckpointError(path: error.path, reason: error.reason)
        }
    }

    /// The noise schedule of Stable Diffusion 1 and 2.
    private struct ScheduleFile: Encodable {
        let betaStart = 0.00085
        let betaEnd = 0.012
        let betaSchedule = "scaled_linear"
        let clips = false
        let setsAlphaToOne = false
        let stepsOffset = 1
        let prediction: String

        enum CodingKeys: String, CodingKey {
            case betaStart = "beta_start"
            case betaEnd = "beta_end"
            case betaSchedule = "beta_schedule"
            case clips = "clip_sample"
            case setsAlphaToOne = "set_alpha_to_one"
            case stepsOffset = "steps_offset"
            case prediction = "prediction_type"
        }
    }

    /// The tokenizer at `path`, or next to the weights.
    private static func vocabulary(_ path: String?, beside weights: String) throws -> CLIPTokenizer {
        let folder = weights.lastIndex(of: "/").map { String(weights[..<$0]) } ?? "."
        let candidates = path.map { [$0] } ?? ["\(folder)/tokenizer", folder, "\(folder)/\(publishedMerges)"]
        do {
            for candidate in candidates {
                if candidate.hasSuffix(".gz"), path != nil || isReadable(candidate) {
                    return try CLIPTokenizer(publishedMerges: candidate)
                }
                if ["tokenizer.json", "vocab.json"].contains(where: { isReadable("\(candidate)/\($0)") }) {
                    return try CLIPTokenizer(folder: candidate)
                }
            }
        } catch let error as TokenizerError {
            throw CheckpointError(path: error.path, reason: error.reason)
        }
        throw CheckpointError(
            path: path ?? weights,
            reason:
                "there is no CLIP vocabulary here; put the 'tokenizer' folder of any Stable Diffusion, or "
                + "\(publishedMerges), beside the file, or give the tokenizer's place")
    }

    private static let publishedMerges = "bpe_simple_vocab_16e6.txt.gz"

    private static func isReadable(_ path: String) -> Bool { (try? MappedFile(path: path)) != nil }
}
