// Parameters of image generation.

public import Images

/// The initial image of a run, if any.
public enum GenerationStart: Sendable {
    /// Noise only.
    case noise
    /// An image noised by `strength`: at 1 only its size matters, small values change it little.
    ///
    /// Only the last steps are taken, the share `strength` of the total. Source: Meng and others 2022 (SDEdit);
    /// diffusers `StableDiffusionImg2ImgPipeline`.
    case picture(Image, strength: Double)
    /// An image of which only the masked part is generated.
    case inpainting(Inpainting)
}

/// An image of which only the masked part is generated.
///
/// Denoisers with nine input channels take the mask and the rest of the image; with others, the preserved part is
/// restored after every step at the step's noise level. Source: diffusers `StableDiffusionInpaintPipeline`.
public struct Inpainting: Sendable {
    public var picture: Image
    /// Of the image's size; generated where the mask is at least one half.
    public var mask: Mask
    /// As in `GenerationStart.picture`; at exactly 1 the masked part is generated from noise only.
    public var strength: Double
    public var latentMask: LatentMaskRule

    public init(picture: Image, mask: Mask, strength: Double = 1, latentMask: LatentMaskRule = .maxPool) {
        self.picture = picture
        self.mask = mask
        self.strength = strength
        self.latentMask = latentMask
    }
}

/// A request for an image.
public struct GenerationRequest: Sendable {
    public var prompt: String
    public var negativePrompt: String
    /// Syntax of the prompts.
    public var grammar: PromptGrammar
    public var start: GenerationStart
    /// In pixels, a multiple of the autoencoder's downscale; nil means the size of the initial image, else the size
    /// that the model was trained on.
    public var width: Int?
    public var height: Int?
    public var steps: Int
    /// Nil means the pipeline's sampler.
    public var sampler: SamplerKind?
    /// Strength s of `u + s (c - u)`; 1 or less turns guidance off.
    public var guidance: Float
    /// CFG rescale φ in [0, 1] (0 off, 1 full): Lin and others 2023, section 3.4.
    public var guidanceRescale: Float
    public var seed: UInt64
    public var random: RandomSource
    /// ControlNets and their images.
    public var controls: [ControlHint] = []
    /// Prompt-to-Prompt: attention taken from another prompt, and word weights.
    ///
    /// The source is denoised together with the requested image, from the same noise, and is not part of the result.
    public var change: PromptChange?
    /// Number of images that `DiffusionPipeline.candidates` makes, with the seeds `seed`, `seed + 1`, and so on.
    public var candidates: Int

    public init(
        prompt: String, negativePrompt: String = "", grammar: PromptGrammar = .weighted,
        start: GenerationStart = .noise, width: Int? = nil, height: Int? = nil, steps: Int = 30,
        sampler: SamplerKind? = nil, guidance: Float = 7.5, guidanceRescale: Float = 0, seed: UInt64 = 0,
        random: RandomSource = .lathe, candidates: Int = 1
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.grammar = grammar
        self.start = start
        self.width = width
        self.height = height
        self.steps = steps
        self.sampler = sampler
        self.guidance = guidance
        self.guidanceRescale = guidanceRescale
        self.seed = seed
        self.random = random
        self.candidates = candidates
    }
}

/// A request that cannot be fulfilled; one line with the reason.
public struct GenerationError: Error, CustomStringConvertible, Sendable {
    public let description: String
}
