// A run of the sampler, step by step: the caller decides when to look and when to stop.

public import Arrays

/// Where a run stands after a step.
public struct GenerationState: Sendable {
    /// Steps taken, from 1 to `total`.
    public let step: Int
    public let total: Int
    /// The training timestep that was denoised.
    public let timestep: Float
    /// `[1, height, width, latentChannels]`, in the sampler's own scale; scaled latents at the end of a run.
    public var latents: NDArray { sampler.sample.lastPicture }
    /// The clean latents as predicted at this step; decoded, they make a preview.
    public let clean: NDArray
    /// Of every picture that is denoised side by side, the one asked for last.
    let sampler: SamplerState
    let noise: NoiseSource
}

/// A run of the sampler, as a sequence of its states; the last state's latents are the result.
public struct Generation: Sequence, Sendable {
    let pipeline: DiffusionPipeline
    let sampler: any Sampler
    let steps: [SamplingStep]
    let prompts: EncodedPrompts
    let guidance: Guidance
    let denoiser: any Denoiser
    /// Mask and masked latents for a denoiser with nine input channels.
    let beside: NDArray?
    /// What is put back after every step where the denoiser does not see the picture.
    let kept: KeptLatents?
    /// A candidate's own.
    public let seed: UInt64
    var beginning: Beginning

    /// Where iteration begins.
    struct Beginning: Sendable {
        var sampler: SamplerState
        var noise: NoiseSource
        var step = 0
    }

    /// What the caller should know about how the request was read, a line each; empty if there is nothing.
    public var notes: [String] { prompts.notes }

    /// The number of states of the whole run.
    public var count: Int { steps.count }

    /// The same run from just after one of its states, to the same bytes.
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
            let noise = run.sampler.needsNoise(at: step) ? drawn() : nil
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

        /// Noise for this step: pictures that are denoised side by side share it.
        private mutating func drawn() -> NDArray {
            let shape = at.sampler.sample.shape
            return at.noise.normal([1] + shape.dropFirst(), for: .step(at.step)).repeated(to: shape[0])
        }
    }

    private func output(for state: SamplerState, at step: SamplingStep) -> NDArray {
        pipeline.predict(
            sampler.input(state.sample, at: step), timestep: step.timestep, condition: prompts.condition,
            unconditional: prompts.unconditional, guidance: guidance.strength, rescale: guidance.rescale,
            inpainting: beside, denoiser: denoiser.at(step: step.index, of: step.total))
    }
}

/// The latents that a run must keep, and the noise it began with.
struct KeptLatents: Sendable {
    let original: NDArray
    let noise: NDArray
    /// 1 where latents are free.
    let mask: NDArray

    /// The sample with the kept latents put back, as noisy as the run is at `next`; clean if it is over.
    func restored(_ sample: NDArray, _ sampler: any Sampler, at next: SamplingStep?) -> NDArray {
        let before = next.map { sampler.noised(original, with: noise, at: $0) } ?? original
        return before * mask.affine(scale: -1, shift: 1) + sample * mask
    }
}

extension NDArray {
    /// The last entry of a batch, as a batch of one.
    fileprivate var lastPicture: NDArray { shape[0] == 1 ? self : leading(shape[0] - 1..<shape[0]) }
}
