// A run of the sampler as a sequence: the caller can inspect every step and stop at any.

public import Arrays

/// The state of a run after a step.
public struct GenerationState: Sendable {
    /// Steps taken, from 1 to `total`.
    public let step: Int
    public let total: Int
    /// The training timestep of the step.
    public let timestep: Float
    /// `[1, height, width, latentChannels]`, in the sampler's scale; scaled latents at the end of a run.
    public var latents: NDArray { sampler.sample.lastPicture }
    /// The clean latents predicted at this step; decoded, they are a preview.
    public let clean: NDArray
    /// The state of all images that are denoised together; the requested one is the last.
    let sampler: SamplerState
    let noise: NoiseSource
}

/// A run of the sampler as a sequence of states; the last state's latents are the result.
public struct Generation: Sequence, Sendable {
    let pipeline: DiffusionPipeline
    let sampler: any Sampler
    let steps: [SamplingStep]
    let prompts: EncodedPrompts
    let guidance: Guidance
    let denoiser: any Denoiser
    /// Mask and masked latents for a denoiser with nine input channels.
    let maskCondition: NDArray?
    /// Restored after every step if the denoiser does not take the masked image.
    let kept: KeptLatents?
    /// The seed of this candidate.
    public let seed: UInt64
    var beginning: Beginning

    /// The state where iteration starts.
    struct Beginning: Sendable {
        var sampler: SamplerState
        var noise: NoiseSource
        var step = 0
    }

    /// Notes for the user on how the request was interpreted, one per line; may be empty.
    public var notes: [String] { prompts.notes }

    /// The number of states of the whole run.
    public var count: Int { steps.count }

    /// The same run continued after one of its states, with identical results.
    public func resumed(after state: GenerationState) -> Generation {
        var copy = self
        copy.beginning = Beginning(sampler: state.sampler, noise: state.noise, step: state.step)
        return copy
    }

    public func makeIterator() -> Iterator { Iterator(run: self) }

    public struct Iterator: IteratorProtocol {
        let run: Generation
        private var at: Beginning

        init(run: Generation) {
            self.run = run
            at = run.beginning
        }

        public mutating func next() -> GenerationState? {
            guard at.step < run.steps.count else { return nil }
            let step = run.steps[at.step]
            let output = run.output(for: at.sampler, at: step)
            let noise = run.sampler.needsNoise(at: step) ? nextNoise() : nil
            let moved = run.sampler.advance(at.sampler, output: output, at: step, noise: noise)
            at.step += 1
            at.sampler = moved.state
            var clean = moved.clean
            if let kept = run.kept {
                let next = at.step < run.steps.count ? run.steps[at.step] : nil
                at.sampler = at.sampler.replacing(kept.restored(at.sampler.sample, run.sampler, at: next))
                clean = kept.restored(clean, run.sampler, at: nil)
            }
            return GenerationState(
                step: at.step, total: run.steps.count, timestep: step.timestep, clean: clean.lastPicture,
                sampler: at.sampler, noise: at.noise)
        }

        /// Noise for this step, shared by images that are denoised together.
        private mutating func nextNoise() -> NDArray {
            let shape = at.sampler.sample.shape
            return at.noise.normal([1] + shape.dropFirst(), for: .step(at.step)).repeated(to: shape[0])
        }
    }

    private func output(for state: SamplerState, at step: SamplingStep) -> NDArray {
        pipeline.predict(
            sampler.input(state.sample, at: step), timestep: step.timestep, condition: prompts.condition,
            unconditional: prompts.unconditional, guidance: guidance.strength, rescale: guidance.rescale,
            inpainting: maskCondition, denoiser: denoiser.at(step: step.index, of: step.total))
    }
}

/// The latents that a run must preserve, and its initial noise.
struct KeptLatents: Sendable {
    let original: NDArray
    let noise: NDArray
    /// 1 where latents are generated.
    let mask: NDArray

    /// The sample with the preserved latents restored at the noise level of `next`; clean at the end of the run.
    func restored(_ sample: NDArray, _ sampler: any Sampler, at next: SamplingStep?) -> NDArray {
        let before = next.map { sampler.noised(original, with: noise, at: $0) } ?? original
        return before * mask.affine(scale: -1, shift: 1) + sample * mask
    }
}

extension NDArray {
    /// The last entry of a batch, as a batch of one.
    fileprivate var lastPicture: NDArray { shape[0] == 1 ? self : leading(shape[0] - 1..<shape[0]) }
}
