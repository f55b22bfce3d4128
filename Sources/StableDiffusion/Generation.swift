// Making pictures from prompts, step by step: the caller decides when to look and when to stop.

public import Arrays
import Autograd

/// A picture to be made.
public struct GenerationRequest: Sendable {
    public var prompt: String
    public var negativePrompt: String
    /// In pixels, a multiple of the autoencoder's downscale; nil means the size the model was trained on.
    public var width: Int?
    public var height: Int?
    public var steps: Int
    /// Strength s of `u + s (c - u)`; 1 or less turns guidance off.
    public var guidance: Float
    public var seed: UInt64

    public init(
        prompt: String, negativePrompt: String = "", width: Int? = nil, height: Int? = nil, steps: Int = 30,
        guidance: Float = 7.5, seed: UInt64 = 0
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.width = width
        self.height = height
        self.steps = steps
        self.guidance = guidance
        self.seed = seed
    }
}

/// A request that cannot be fulfilled; one line that says why.
public struct GenerationError: Error, CustomStringConvertible, Sendable {
    public let description: String
}

/// Where a run stands after a step.
public struct GenerationState: Sendable {
    /// Steps taken, from 1 to `total`.
    public let step: Int
    public let total: Int
    /// The training timestep that was denoised.
    public let timestep: Int
    /// `[1, height, width, latentChannels]`, scaled.
    public let latents: NDArray
    /// The clean latents as predicted at this step; decoded, they make a preview.
    public let clean: NDArray
}

/// A run of the sampler, as a sequence of its states; the last state's latents are the result.
public struct Generation: Sequence, Sendable {
    let pipeline: DiffusionPipeline
    let start: NDArray
    let steps: [SamplingStep]
    let condition: NDArray
    let unconditional: NDArray?
    let guidance: Float
    let seed: UInt64

    public func makeIterator() -> Iterator { Iterator(run: self) }

    public struct Iterator: IteratorProtocol {
        let run: Generation
        private var latents: NDArray
        private var index = 0

        init(run: Generation) {
            self.run = run
            latents = run.start
        }

        public mutating func next() -> GenerationState? {
            guard index < run.steps.count else { return nil }
            let step = run.steps[index]
            let output = run.pipeline.predict(
                latents, timestep: step.timestep, condition: run.condition, unconditional: run.unconditional,
                guidance: run.guidance)
            let result = run.pipeline.sampler.advance(
                Tensor(latents), output: Tensor(output), at: step, noise: run.noise(at: index))
            latents = result.sample.value
            index += 1
            return GenerationState(
                step: index, total: run.steps.count, timestep: step.timestep, latents: latents,
                clean: result.clean.value)
        }
    }

    /// Each step draws from a stream of its own, so a run can be cut anywhere and give the same picture.
    fileprivate func noise(at index: Int) -> NDArray? {
        guard pipeline.sampler.needsNoise(at: steps[index]) else { return nil }
        var stream = RandomStream(seed: seed, stream: "sampler", step: UInt64(index))
        return stream.normal(start.shape)
    }
}

extension DiffusionPipeline {
    /// Prepares a run; iterating it does the work.
    /// - Parameter latents: initial noise `[1, height, width, latentChannels]`; drawn from the seed if nil.
    /// - Throws: `GenerationError` when a size or a number of steps is not possible with this model.
    public func generate(_ request: GenerationRequest, from latents: NDArray? = nil) throws -> Generation {
        let scale = autoencoder.downscale
        let trained = (unet.configuration.sampleSize ?? 64) * scale
        let (width, height) = (request.width ?? trained, request.height ?? trained)
        guard width > 0, height > 0, width % scale == 0, height % scale == 0 else {
            throw GenerationError(
                description:
                    "a picture of \(width) x \(height) is not possible: this model makes multiples of \(scale)"
            )
        }
        guard (1...schedule.trainingSteps).contains(request.steps) else {
            throw GenerationError(
                description: "\(request.steps) steps are not possible; 1 to \(schedule.trainingSteps) are")
        }
        let shape = [1, height / scale, width / scale, autoencoder.latentChannels]
        var stream = RandomStream(seed: request.seed, stream: "latents")
        let start = latents ?? stream.normal(shape)
        precondition(start.shape == shape, "generate: latents \(start.shape), expected \(shape)")
        let guided = request.guidance > 1
        return Generation(
            pipeline: self, start: start, steps: sampler.steps(request.steps),
            condition: embedding(of: [request.prompt]),
            unconditional: guided ? embedding(of: [request.negativePrompt]) : nil,
            guidance: guided ? request.guidance : 1, seed: request.seed)
    }
}
