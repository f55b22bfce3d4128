// A text-to-image pipeline: text encoder, denoiser, autoencoder, schedule.

public import Arrays
import Autograd
public import CLIP
import Checkpoints
import Synchronization
public import Tokenizers

/// A Stable Diffusion pipeline opened from a diffusers folder.
///
/// Denoisers with nine input channels, made for inpainting, take a mask and the latents of the masked picture beside
/// the noisy latents; without a picture they get a mask of ones and the latents of grey, which is what a picture
/// masked everywhere looks like, and so make everything up.
public struct DiffusionPipeline: Sendable {
    public let tokenizer: CLIPTokenizer
    public let textEncoder: CLIPTextEncoder
    public let unet: UNet2DConditionModel
    public let autoencoder: Autoencoder
    public let sampler: any Sampler
    private let nothingKept = NothingKept()

    public var schedule: NoiseSchedule { sampler.schedule }

    static let classes: Set<String> = [
        "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline",
    ]

    /// Opens a folder with `model_index.json` and a subfolder for each part.
    /// - Parameter kind: the sampler to use on the folder's noise schedule; nil takes the one the folder names.
    /// - Throws: `CheckpointError` when a file is missing or damaged, a part is of another kind, a sampler is not
    ///   supported, or the parts do not fit together.
    public init(folder: String, sampler kind: SamplerKind? = nil) throws {
        let index = try PipelineIndex(
            folder: folder, pipelines: DiffusionPipeline.classes,
            roles: [
                "tokenizer": ["CLIPTokenizer", "CLIPTokenizerFast"], "text_encoder": ["CLIPTextModel"],
                "unet": ["UNet2DConditionModel"], "vae": ["AutoencoderKL", "AutoencoderTiny"],
                "scheduler": [],
            ])
        let schedule = try NoiseSchedule(path: folder + "/scheduler/scheduler_config.json")
        let named = schedule.configuration.className ?? index.className(of: "scheduler") ?? ""
        guard let kind = kind ?? SamplerKind(rawValue: named) else {
            let known = SamplerKind.allCases.map { "'\($0.rawValue)'" }.joined(separator: " and ")
            throw CheckpointError(
                path: folder + "/scheduler/scheduler_config.json",
                reason:
                    "the sampler '\(named)' is not supported; \(known) are, and each can be asked for instead"
            )
        }
        sampler = kind.sampler(schedule)
        do {
            tokenizer = try CLIPTokenizer(folder: folder + "/tokenizer")
        } catch let error as TokenizerError {
            throw CheckpointError(path: error.path, reason: error.reason)
        }
        textEncoder = try CLIPTextEncoder(folder: folder + "/text_encoder")
        unet = try UNet2DConditionModel(folder: folder + "/unet")
        autoencoder = try Autoencoder(folder: folder + "/vae")
        try checkFit(folder)
    }

    /// A pipeline of parts at hand.
    /// - Parameter origin: the file they come from.
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

    /// The condition tokens of prompts, `[prompts, tokens, width]`; the empty prompt is the usual unconditional one.
    public func embedding(of prompts: [String]) -> NDArray {
        let length = textEncoder.configuration.positionCount
        return textEncoder(prompts.map { tokenizer.encode($0, length: length).ids }).tokens.value
    }

    // MARK: Denoising

    /// The denoiser's output under classifier-free guidance, `u + s (c - u)`.
    ///
    /// Both passes run as one batch; with `unconditional` nil or a guidance of 1 there is only one.
    /// - Parameters:
    ///   - latents: noisy latents `[batch, height, width, latentChannels]`.
    ///   - timestep: the training timestep of their noise.
    ///   - condition: `[batch or 1, tokens, width]`.
    ///   - unconditional: same shape.
    ///   - guidance: s; 1 is none.
    ///   - inpainting: mask and masked latents `[batch or 1, height, width, 1 + latentChannels]` for a denoiser that
    ///     takes them; nil asks for everything to be made up.
    /// - Returns: what the schedule's prediction type says, shape of `latents`.
    public func predict(
        _ latents: NDArray, timestep: Int, condition: NDArray, unconditional: NDArray? = nil,
        guidance: Float = 1,
        inpainting: NDArray? = nil
    ) -> NDArray {
        let batch = latents.shape[0]
        let input = denoiserInput(latents, inpainting)
        let context = Tensor(condition.repeated(to: batch))
        guard let unconditional, guidance != 1 else {
            return unet(input, timesteps: [Float(timestep)], context: context).value
        }
        let both = Tensor.concatenated([Tensor(unconditional.repeated(to: batch)), context], axis: 0)
        let output = unet(
            Tensor.concatenated([input, input], axis: 0), timesteps: [Float(timestep)], context: both
        ).value
        let (free, bound) = (output.leading(0..<batch), output.leading(batch..<2 * batch))
        return free + (bound - free) * guidance
    }

    // MARK: Pictures

    /// Pictures of scaled latents: `[batch, height, width, 3]` in [0, 1].
    public func pictures(of latents: NDArray) -> NDArray {
        (autoencoder.decode(Tensor(latents)) * 0.5 + 0.5).clamped(0...1).value
    }

    // MARK: Helpers

    private func denoiserInput(_ latents: NDArray, _ inpainting: NDArray?) -> Tensor {
        let extra = unet.configuration.inChannels - autoencoder.latentChannels
        guard extra > 0 else { return Tensor(latents) }
        let beside = inpainting ?? nothingKept.condition(latents.shape[1], latents.shape[2], autoencoder)
        return Tensor.concatenated([Tensor(latents), Tensor(beside.repeated(to: latents.shape[0]))], axis: 3)
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
            tokenizer.vocabularySize <= text.vocabularySize,
            "the tokenizer has \(tokenizer.vocabularySize) words and the text encoder \(text.vocabularySize)")
        try require(
            net.outChannels == latents,
            "the U-Net makes \(net.outChannels) channels and the autoencoder has \(latents)")
        try require(
            net.inChannels == latents || net.inChannels == 2 * latents + 1,
            "the U-Net takes \(net.inChannels) channels; \(latents), or \(2 * latents + 1) for inpainting, are expected"
        )
        try require(net.classEmbedding == .none, "the U-Net wants class labels, which a prompt does not give")
    }
}

/// The inpainting condition of a picture masked everywhere, worked out once per size.
private final class NothingKept: Sendable {
    private struct Size: Hashable {
        let height: Int
        let width: Int
    }

    private let known = Mutex<[Size: NDArray]>([:])

    /// - Returns: `[1, height, width, 1 + latentChannels]`: ones, and the scaled latents of a grey picture.
    func condition(_ height: Int, _ width: Int, _ autoencoder: Autoencoder) -> NDArray {
        let size = Size(height: height, width: width)
        if let found = known.withLock({ $0[size] }) { return found }
        let scale = autoencoder.downscale
        let grey = Tensor(NDArray.zeros([1, height * scale, width * scale, autoencoder.pictureChannels]))
        let mask = Tensor(NDArray.full(1, [1, height, width, 1]))
        let made = Tensor.concatenated([mask, autoencoder.encode(grey)], axis: 3).value
        known.withLock { $0[size] = made }
        return made
    }
}

extension NDArray {
    /// Itself, or its single entry as many times as asked for.
    func repeated(to batch: Int) -> NDArray {
        precondition(
            shape[0] == batch || shape[0] == 1, "a batch of \(shape[0]) where 1 or \(batch) is expected")
        guard shape[0] != batch else { return self }
        return Tensor.concatenated(Array(repeating: Tensor(self), count: batch), axis: 0).value
    }
}
