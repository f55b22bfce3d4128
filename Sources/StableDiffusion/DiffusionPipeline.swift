// A text-to-image pipeline: text encoder, denoiser, autoencoder, noise schedule.

public import Arrays
import Autograd
public import CLIP
import Checkpoints
public import Tokenizers

/// A Stable Diffusion pipeline opened from a diffusers folder.
///
/// Inpainting denoisers with nine input channels take a mask and the latents of the masked image in addition to the
/// noisy latents. Without an image they get a mask of ones and the latents of grey, as for a completely masked image,
/// and generate everything.
public struct DiffusionPipeline: Sendable {
    public let tokenizer: CLIPTokenizer
    public let textEncoder: CLIPTextEncoder
    public let unet: UNet2DConditionModel
    public let autoencoder: Autoencoder
    public let sampler: any Sampler
    private let fullMaskCondition = FullMaskCondition()

    public var schedule: NoiseSchedule { sampler.schedule }

    static let classes: Set<String> = [
        "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline",
    ]

    /// Opens a folder with `model_index.json` and a subfolder for each part.
    /// - Parameters:
    ///   - kind: the sampler to use on the folder's noise schedule; nil uses the one that the folder names.
    ///   - adapters: merged into the weights and the vocabulary in this order.
    ///   - own: a folder or file with an autoencoder to use in place of the folder's.
    /// - Throws: `CheckpointError` when a file is missing or damaged, a part is of another kind, a sampler is not
    ///   supported, the parts do not fit together, or an adapter was made for another model.
    public init(
        folder: String, sampler kind: SamplerKind? = nil, adapters: [Adapter] = [],
        autoencoder own: String? = nil, precision: Precision = .float32
    ) throws {
        let scheduler = DiffusionPipeline.schedulerFile(in: folder)
        var roles: [String: Set<String>] = [
            "tokenizer": ["CLIPTokenizer", "CLIPTokenizerFast"], "text_encoder": ["CLIPTextModel"],
            "unet": ["UNet2DConditionModel"], "scheduler": [],
        ]
        if own == nil { roles["vae"] = ["AutoencoderKL", "AutoencoderTiny"] }
        let index = try PipelineIndex(folder: folder, pipelines: DiffusionPipeline.classes, roles: roles)
        sampler = try DiffusionPipeline.sampler(
            kind, path: scheduler, className: index.className(of: "scheduler"))
        do {
            (tokenizer, textEncoder) = try adapters.added(
                to: CLIPTokenizer(folder: folder + "/tokenizer"),
                CLIPTextEncoder(folder: folder + "/text_encoder", precision: precision) {
                    try adapters.merged(into: $0, of: .textEncoder)
                })
        } catch let error as TokenizerError {
            throw CheckpointError(path: error.path, reason: error.reason)
        }
        unet = try UNet2DConditionModel(folder: folder + "/unet", precision: precision) {
            try adapters.merged(into: $0, of: .unet)
        }
        autoencoder = try Autoencoder(at: own ?? folder + "/vae", precision: precision)
        try checkFit(folder)
    }

    /// Whether a folder's own sampler is none of the supported ones, or has settings that are not supported.
    ///
    /// Such a pipeline opens with a sampler that is asked for.
    /// - Throws: `CheckpointError` when a file is missing or damaged.
    package static func needsSampler(folder: String) throws -> Bool {
        let index = try PipelineIndex(folder: folder, pipelines: classes, roles: ["scheduler": []])
        let schedule = try NoiseSchedule(path: schedulerFile(in: folder))
        let named = schedule.configuration.className ?? index.className(of: "scheduler") ?? ""
        guard let kind = SamplerKind(className: named) else { return true }
        return (try? kind.sampler(schedule)) == nil
    }

    private static func schedulerFile(in folder: String) -> String {
        folder + "/scheduler/scheduler_config.json"
    }

    /// The sampler of a scheduler file, or `kind` in its place.
    /// - Parameter className: what the pipeline's index calls it, for files that do not say it themselves.
    private static func sampler(_ kind: SamplerKind?, path: String, className: String?) throws -> any Sampler
    {
        let schedule = try NoiseSchedule(path: path)
        do {
            if let kind { return try kind.replacing(schedule) }
            let named = schedule.configuration.className ?? className ?? ""
            guard let own = SamplerKind(className: named) else {
                throw CheckpointError(
                    path: path, reason: "the sampler '\(named)' is not supported; \(askable)")
            }
            return try own.sampler(schedule)
        } catch let problem as ConfigurationProblem {
            let remedy = kind == nil ? "; \(askable)" : ""
            throw CheckpointError(path: path, reason: "'\(problem.key)' \(problem.reason)\(remedy)")
        }
    }

    private static var askable: String {
        let known = SamplerKind.allCases.map(\.rawValue).joined(separator: ", ")
        return "each of these can be asked for instead: \(known)"
    }

    /// A pipeline of existing parts.
    /// - Parameter origin: the file that they come from.
    /// - Throws: `CheckpointError` when the parts do not fit together.
    init(
        tokenizer: CLIPTokenizer, textEncoder: CLIPTextEncoder, unet: UNet2DConditionModel,
        autoencoder: Autoencoder, sampler: any Sampler, origin: String
    ) throws {
        (self.tokenizer, self.textEncoder, self.unet) = (tokenizer, textEncoder, unet)
        (self.autoencoder, self.sampler) = (autoencoder, sampler)
        try checkFit(origin)
    }

    // MARK: Text

    /// The condition tokens of prompts as plain text, `[prompts, tokens, width]`, truncated to the text encoder's
    /// length.
    ///
    /// The empty prompt is the usual unconditional one. See `encode` for weights and long prompts.
    public func embedding(of prompts: [String]) -> NDArray {
        let length = textEncoder.configuration.positionCount
        return textEncoder(prompts.map { tokenizer.encode($0, length: length).ids }).tokens.value
    }

    // MARK: Denoising

    /// The denoiser's output under classifier-free guidance, `u + s (c - u)`: Ho & Salimans 2022.
    ///
    /// Both passes run as one batch, `u` first; with `unconditional` nil or a guidance of 1 there is only one.
    /// - Parameters:
    ///   - latents: noisy latents `[batch, height, width, latentChannels]`, scaled by the sampler for the network.
    ///   - timestep: the training timestep of their noise level.
    ///   - condition: `[batch or 1, tokens, width]`.
    ///   - unconditional: same shape.
    ///   - guidance: s; 1 turns guidance off.
    ///   - rescale: CFG rescale φ in [0, 1], towards the standard deviation of `c` (0 off, 1 full): Lin and others
    ///     2023, section 3.4.
    ///   - inpainting: mask and masked latents `[batch or 1, height, width, 1 + latentChannels]` for a denoiser that
    ///     takes them; nil generates the whole image.
    ///   - denoiser: called for the prediction; nil means the U-Net.
    /// - Returns: the quantity given by the schedule's prediction type, with the shape of `latents`.
    public func predict(
        _ latents: NDArray, timestep: Float, condition: NDArray, unconditional: NDArray? = nil,
        guidance: Float = 1, rescale: Float = 0, inpainting: NDArray? = nil, denoiser: (any Denoiser)? = nil
    ) -> NDArray {
        let batch = latents.shape[0]
        let denoiser = denoiser ?? unet
        let input = denoiserInput(latents, inpainting)
        let context = Tensor(condition.repeated(to: batch))
        guard let unconditional, guidance != 1 else {
            return denoiser.denoised(input, timestep: timestep, context: context).value
        }
        let both = Tensor.concatenated([Tensor(unconditional.repeated(to: batch)), context], axis: 0)
        let output = denoiser.denoised(
            Tensor.concatenated([input, input], axis: 0), timestep: timestep, context: both
        ).value
        return Guidance(strength: guidance, rescale: rescale).combined(output)
    }

    // MARK: Images

    /// Images of scaled latents: `[batch, height, width, 3]` in [0, 1]; large ones are decoded in tiles.
    public func pictures(of latents: NDArray, tiling: Tiling = Tiling()) -> NDArray {
        (Tensor(autoencoder.decode(latents, tiling: tiling)) * 0.5 + 0.5).clamped(0...1).value
    }

    /// Side, in pixels, of the square images that the model was trained on.
    public var nativeSide: Int { unet.configuration.nativeSide() * autoencoder.downscale }

    // MARK: Helpers

    private func denoiserInput(_ latents: NDArray, _ inpainting: NDArray?) -> Tensor {
        let extra = unet.configuration.inChannels - autoencoder.latentChannels
        guard extra > 0 else { return Tensor(latents) }
        let maskCondition =
            inpainting ?? fullMaskCondition.condition(latents.shape[1], latents.shape[2], autoencoder)
        return Tensor.concatenated(
            [Tensor(latents), Tensor(maskCondition.repeated(to: latents.shape[0]))], axis: 3)
    }

    private func checkFit(_ folder: String) throws {
        func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
            guard !condition else { return }
            throw CheckpointError(path: folder, reason: "the parts do not fit together: " + reason())
        }
        let latents = autoencoder.latentChannels
        let (text, net) = (textEncoder.configuration, unet.configuration)
        try require(
            text.hiddenSize == net.crossAttentionWidth,
            "text of width \(text.hiddenSize) for a U-Net that attends to width \(net.crossAttentionWidth)")
        try require(
            tokenizer.vocabularySize <= textEncoder.vocabularySize,
            "the tokenizer has \(tokenizer.vocabularySize) words and the text encoder \(textEncoder.vocabularySize)"
        )
        try require(
            net.outChannels == latents,
            "the U-Net makes \(net.outChannels) channels and the autoencoder has \(latents)")
        try require(
            net.inChannels == latents || net.inChannels == 2 * latents + 1,
            "the U-Net takes \(net.inChannels) channels; \(latents), or \(2 * latents + 1) for inpainting, are expected"
        )
        try require(net.classEmbedding == .none, "the U-Net wants class labels, which a prompt does not give")
        try require(
            text.positionCount > 2,
            "the text encoder reads \(text.positionCount) tokens, which leaves no room for words")
    }
}

extension NDArray {
    /// Itself, or its single entry repeated `batch` times.
    func repeated(to batch: Int) -> NDArray {
        precondition(
            shape[0] == batch || shape[0] == 1, "a batch of \(shape[0]) where 1 or \(batch) is expected")
        guard shape[0] != batch else { return self }
        return Tensor.concatenated(Array(repeating: Tensor(self), count: batch), axis: 0).value
    }
}
