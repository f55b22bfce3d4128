// What picture is asked for.

public import Images

/// What a run starts from.
public enum GenerationStart: Sendable {
    /// Noise alone.
    case noise
    /// A picture, noised by `strength`: 1 leaves nothing of it but its size, little changes little.
    ///
    /// Of the steps asked for, the last `strength` of them are taken. Source: Meng and others 2022 (SDEdit); diffusers
    /// `StableDiffusionImg2ImgPipeline`.
    case picture(Image, strength: Double)
    /// A picture of which only what a mask covers is made anew.
    case inpainting(Inpainting)
}

/// A picture of which only what a mask covers is made anew.
///
/// Denoisers with nine input channels see the mask and the rest of the picture; with any other, what is kept is put back
/// after every step, as noisy as the run is there. Source: diffusers `StableDiffusionInpaintPipeline`.
public struct Inpainting: Sendable {
    public var picture: Image
    /// Of the picture's size; made anew from one half up.
    public var mask: Mask
    /// As in `GenerationStart.picture`; at exactly 1 what is covered is made up from noise alone.
    public var strength: Double
    public var latentMask: LatentMaskRule

    public init(picture: Image, mask: Mask, strength: Double = 1, latentMask: LatentMaskRule = .maxPool) {
        self.picture = picture
        self.mask = mask
        self.strength = strength
        self.latentMask = latentMask
    }
}

/// A picture to be made.
public struct GenerationRequest: Sendable {
    public var prompt: String
    public var negativePrompt: String
    /// How prompts are written.
    public var grammar: PromptGrammar
    public var start: GenerationStart
    /// In pixels, a multiple of the autoencoder's downscale; nil means the size of the picture that is started from, else
    /// the size the model was trained on.
    public var width: Int?
    public var height: Int?
    public var steps: Int
    /// Nil means the pipeline's own.
    public var sampler: SamplerKind?
    /// Strength s of `u + s (c - u)`; 1 or less turns guidance off.
    public var guidance: Float
    /// Share in [0, 1] by which guided outputs get back the spread of the plain ones: Lin and others 2023, section 3.4.
    public var guidanceRescale: Float
    public var seed: UInt64
    public var random: RandomSource
    /// What steers the run by pictures.
    public var controls: [ControlHint] = []
    /// What of another prompt's attention is kept, and which words count more or less; the source is denoised beside the
    /// picture asked for, from the same noise, and is no part of the result.
    public var change: PromptChange?
    /// How many pictures `DiffusionPipeline.candidates` makes, with the seeds `seed`, `seed + 1`, and so on.
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

/// A request that cannot be fulfilled; one line that says why.
public struct GenerationError: Error, CustomStringConvertible, Sendable {
    public let description: String
}
