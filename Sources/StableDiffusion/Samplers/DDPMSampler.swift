// Denoising diffusion probabilistic models.

public import Arrays

/// Denoising diffusion probabilistic models: ancestral sampling.
///
/// Source: Ho et al. 2020, algorithm 2 and equations 6 and 7; diffusers `scheduling_ddpm.py`.
public struct DDPMSampler: Sampler {
    public let schedule: NoiseSchedule

    public init(_ schedule: NoiseSchedule) {
        self.schedule = schedule
    }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        let timesteps = schedule.timesteps(count)
        return timesteps.enumerated().dropFirst(start).map { index, timestep in
            let next = index + 1 < timesteps.count ? timesteps[index + 1] : -1
            return SamplingStep(
                index: index, total: count, timestep: Float(timestep),
                level: schedule.level(timestep, endsClean: true),
                target: schedule.level(next, endsClean: true))
        }
    }

    public func needsNoise(at step: SamplingStep) -> Bool { step.timestep > 0 }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let (now, next) = (step.level.cumulativeAlpha, step.target.cumulativeAlpha)
        let alpha = now / next
        let clean = schedule.clipped(
            step.level.clean(from: output, noisy: state.sample, schedule.prediction))
        var moved = clean.mixed(
            next.squareRoot() * (1 - alpha) / (1 - now), state.sample,
            alpha.squareRoot() * (1 - next) / (1 - now))
        if needsNoise(at: step) {
            // Both formulae of the small variance give the same standard deviation.
            let small = max((1 - next) / (1 - now) * (1 - alpha), 1e-20)
            let variance = schedule.configuration.variance == .fixedLarge ? 1 - alpha : small
            moved.accumulate(required(noise, state.sample), scale: variance.squareRoot())
        }
        return SampledStep(state: state.advanced(to: moved), clean: clean)
    }
}
