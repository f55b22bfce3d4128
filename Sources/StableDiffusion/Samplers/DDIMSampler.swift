// Denoising diffusion implicit models.

public import Arrays

/// Denoising diffusion implicit models; `eta` interpolates between deterministic (0) and ancestral (1) sampling.
///
/// Source: Song et al. 2021, equations 12 and 16; diffusers `scheduling_ddim.py`.
public struct DDIMSampler: Sampler {
    public let schedule: NoiseSchedule
    public let eta: Float

    public init(_ schedule: NoiseSchedule, eta: Float = 0) {
        self.schedule = schedule
        self.eta = eta
    }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        // The reference steps back by a fixed stride, whatever the run's next timestep is.
        let stride = schedule.trainingSteps / max(count, 1)
        let endsClean = schedule.configuration.setsAlphaToOne ?? true
        let timesteps = schedule.timesteps(count)
        return timesteps.enumerated().dropFirst(start).map { index, timestep in
            SamplingStep(
                index: index, total: count, timestep: Float(timestep),
                level: schedule.level(timestep, endsClean: endsClean),
                target: schedule.level(timestep - stride, endsClean: endsClean))
        }
    }

    public func needsNoise(at step: SamplingStep) -> Bool { eta > 0 }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let (now, next) = (step.level.cumulativeAlpha, step.target.cumulativeAlpha)
        let variance = (1 - next) / (1 - now) * (1 - now / next)
        let deviation = eta * variance.squareRoot()

        let clean = schedule.clipped(
            step.level.clean(from: output, noisy: state.sample, schedule.prediction))
        // As in the reference, the direction uses the noise of the unclipped prediction.
        let direction = step.level.noise(from: output, noisy: state.sample, schedule.prediction)
        var moved = clean.mixed(
            next.squareRoot(), direction, (1 - next - deviation * deviation).squareRoot())
        if eta > 0 { moved.accumulate(required(noise, state.sample), scale: deviation) }
        return SampledStep(state: state.advanced(to: moved), clean: clean)
    }
}
