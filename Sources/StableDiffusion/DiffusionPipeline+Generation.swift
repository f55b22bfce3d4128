// From a request to a run: validation of sizes and steps, encoding of prompts and images, initial noise.

public import Arrays
import Autograd
import Checkpoints
import Images

extension DiffusionPipeline {
    /// Prepares a run; iterating over it performs the steps.
    /// - Parameters:
    ///   - noise: `[1, height, width, latentChannels]`, instead of the run's own initial noise.
    ///   - denoiser: called at every step; nil means the U-Net with the request's control. With another denoiser the
    ///     request must not have `controls` or `change`.
    /// - Throws: `GenerationError` when a size, a number of steps, a strength, a sampler, a control or a change of the
    ///   prompt is not possible with this model.
    public func generate(
        _ request: GenerationRequest, from noise: NDArray? = nil, denoiser: (any Denoiser)? = nil
    ) throws -> Generation {
        try PreparedRequest(request, self, denoiser: denoiser).run(seed: request.seed, noise: noise)
    }

    /// Prepares `request.candidates` runs with the seeds `seed`, `seed + 1`, …; texts and images are encoded once.
    /// - Throws: `GenerationError` as `generate` does, or if there are no candidates.
    public func candidates(_ request: GenerationRequest, denoiser: (any Denoiser)? = nil) throws
        -> [Generation]
    {
        guard request.candidates > 0 else {
            throw GenerationError(
                description: "\(request.candidates) candidates are not possible: ask for at least one")
        }
        let prepared = try PreparedRequest(request, self, denoiser: denoiser)
        return (0..<request.candidates).map { prepared.run(seed: request.seed &+ UInt64($0), noise: nil) }
    }
}

/// The parts of a request that do not depend on its seed.
private struct PreparedRequest {
    private let request: GenerationRequest
    private let pipeline: DiffusionPipeline
    private let denoiser: any Denoiser
    private let sampler: any Sampler
    private let steps: [SamplingStep]
    private let prompts: EncodedPrompts
    private let shape: [Int]
    /// Number of images that are denoised together.
    private let pictures: Int
    /// Whether the run starts from noise only.
    private let startsFromNoise: Bool
    private let picture: EncodedPicture?
    private let masked: MaskedPicture?

    private struct MaskedPicture {
        /// 1 where latents are generated, `[1, height, width, 1]`.
        let mask: NDArray
        /// The image with grey in place of the mask.
        let rest: EncodedPicture
    }

    init(_ request: GenerationRequest, _ pipeline: DiffusionPipeline, denoiser: (any Denoiser)?) throws {
        self.request = request
        self.pipeline = pipeline
        precondition(
            denoiser == nil || (request.controls.isEmpty && request.change == nil),
            "generate: a denoiser of one's own beside controls or a change of the prompt")
        let (width, height) = try pipeline.size(for: request)
        for control in request.controls { try control.check(width, height, pipeline) }
        let edit = try request.change?.edit(to: request.prompt, request.grammar, pipeline)
        pictures = edit?.pictures ?? 1
        let isSteered = edit != nil || !request.controls.isEmpty
        self.denoiser =
            denoiser
            ?? (isSteered
                ? SteeredUNet(pipeline.unet, controls: request.controls, edit: edit) : pipeline.unet)
        let sampler = try pipeline.sampler(for: request)
        self.sampler = sampler
        steps = try sampler.steps(for: request)
        startsFromNoise = request.start.strength == 1 && !request.start.isPicture
        prompts = try pipeline.encode(request)
        let autoencoder = pipeline.autoencoder
        shape = [
            1, height / autoencoder.downscale, width / autoencoder.downscale, autoencoder.latentChannels,
        ]

        switch request.start {
        case .noise:
            (picture, masked) = (nil, nil)
        case .picture(let image, _):
            picture = autoencoder.encode(image.autoencoderInput, tiling: Tiling())
            masked = nil
        case .inpainting(let inpainting):
            let input = inpainting.picture.autoencoderInput
            let outside = inpainting.mask.thresholded.affine(scale: -1, shift: 1)
            let needsPicture = !startsFromNoise || !pipeline.seesMasks
            picture = needsPicture ? autoencoder.encode(input, tiling: Tiling()) : nil
            // Four-channel models do not use the masked image, but PyTorch's generator must advance as in the
            // reference.
            let needsRest = pipeline.seesMasks || request.random == .torch
            let rest = input * outside.reshaped([1, height, width, 1])
            masked = MaskedPicture(
                mask: inpainting.mask.latents(
                    downscale: autoencoder.downscale, inpainting.latentMask),
                rest: needsRest
                    ? autoencoder.encode(rest, tiling: Tiling())
                    : EncodedPicture(mean: NDArray.zeros(shape), deviation: nil))
        }
    }

    /// Random numbers are taken in the reference's order: image, noise, masked image.
    func run(seed: UInt64, noise given: NDArray?) -> Generation {
        var source = NoiseSource(request.random, seed: seed)
        let original = picture.map { source.latents(of: $0) }
        let noise = given ?? source.normal(shape, for: .latents)
        precondition(noise.shape == shape, "generate: latents \(noise.shape), expected \(shape)")
        let rest = masked.map { source.latents(of: $0.rest) }

        let first: NDArray
        if let original, !startsFromNoise {
            first = sampler.noised(original, with: noise, at: steps[0])
        } else {
            first = noise * sampler.initialSigma(at: steps[0])
        }
        var (maskCondition, kept): (NDArray?, KeptLatents?) = (nil, nil)
        if let masked, let rest, pipeline.seesMasks {
            maskCondition = Tensor.concatenated([Tensor(masked.mask), Tensor(rest)], axis: 3).value
        } else if let masked, let original {
            kept = KeptLatents(original: original, noise: noise, mask: masked.mask)
        }
        return Generation(
            pipeline: pipeline, sampler: sampler, steps: steps, prompts: prompts,
            guidance: Guidance(strength: request.guidance, rescale: request.guidanceRescale),
            denoiser: denoiser, maskCondition: maskCondition, kept: kept,
            seed: seed,
            beginning: Generation.Beginning(
                sampler: SamplerState(first.repeated(to: pictures)), noise: source))
    }
}

// MARK: Checks

extension GenerationStart {
    /// The share of the steps that are taken.
    var strength: Double {
        switch self {
        case .noise: 1
        case .picture(_, let strength): strength
        case .inpainting(let inpainting): inpainting.strength
        }
    }

    /// Whether an image is noised at any strength, as in the reference without a mask.
    var isPicture: Bool {
        if case .picture = self { true } else { false }
    }

    var picture: Image? {
        switch self {
        case .noise: nil
        case .picture(let picture, _): picture
        case .inpainting(let inpainting): inpainting.picture
        }
    }
}

extension DiffusionPipeline {
    /// Whether the denoiser takes a mask and the latents of the masked image.
    public var seesMasks: Bool { unet.configuration.inChannels > autoencoder.latentChannels }

    /// The size of the image that a request generates.
    /// - Throws: `GenerationError` if this model cannot generate it, or if the initial image has another size.
    public func size(for request: GenerationRequest) throws -> (width: Int, height: Int) {
        let scale = autoencoder.downscale
        let picture = request.start.picture
        let width = request.width ?? picture?.width ?? nativeSide
        let height = request.height ?? picture?.height ?? nativeSide
        guard width > 0, height > 0, width % scale == 0, height % scale == 0 else {
            throw GenerationError(
                description:
                    "a picture of \(width) x \(height) is not possible: this model makes multiples of \(scale)"
            )
        }
        if let picture, (picture.width, picture.height) != (width, height) {
            throw GenerationError(
                description:
                    "a picture of \(width) x \(height) cannot start from one of \(picture.width) x \(picture.height)"
            )
        }
        if case .inpainting(let inpainting) = request.start,
            (inpainting.mask.width, inpainting.mask.height) != (width, height)
        {
            throw GenerationError(
                description:
                    "a mask of \(inpainting.mask.width) x \(inpainting.mask.height) does not fit a picture of "
                    + "\(width) x \(height)")
        }
        return (width, height)
    }

    fileprivate func sampler(for request: GenerationRequest) throws -> any Sampler {
        guard let kind = request.sampler else { return sampler }
        do {
            return try kind.replacing(schedule)
        } catch {
            throw GenerationError(
                description:
                    "the sampler \(kind.rawValue) does not fit this model: its '\(error.key)' \(error.reason)"
            )
        }
    }
}

extension Sampler {
    /// The steps of a request; only the last ones if it starts from an image.
    fileprivate func steps(for request: GenerationRequest) throws -> [SamplingStep] {
        guard stepCounts.contains(request.steps) else {
            throw GenerationError(
                description:
                    "\(request.steps) steps are not possible; \(stepCounts.lowerBound) to \(stepCounts.upperBound) are"
            )
        }
        let strength = request.start.strength
        guard strength >= 0, strength <= 1 else {
            throw GenerationError(description: "a strength of \(strength) does not lie from 0 to 1")
        }
        let skipped = request.steps - min(Int(Double(request.steps) * strength), request.steps)
        let steps = steps(request.steps, from: skipped)
        guard let first = steps.first, skipped < request.steps else {
            throw GenerationError(
                description:
                    "a strength of \(strength) leaves none of \(request.steps) steps to take; raise either")
        }
        guard first.level.sqrtAlphaBar > 0 || schedule.prediction != .epsilon else {
            throw GenerationError(
                description:
                    "this model predicts noise and its schedule begins with nothing but noise, which says nothing"
                    + " about the picture; take the sampler euler, dpm++ or unipc")
        }
        return steps
    }
}

extension Image {
    /// Pixels in the autoencoder's format, `[1, height, width, 3]` in [-1, 1].
    var autoencoderInput: NDArray { rgb.pixels.reshaped([1, height, width, 3]).affine(scale: 2, shift: -1) }
}
