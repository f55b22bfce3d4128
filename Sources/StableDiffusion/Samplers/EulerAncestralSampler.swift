// Euler's method with new noise at every step.

public import Arrays

/// Euler's method that steps below the next sigma and adds noise up to it.
///
/// Source: k-diffusion `sample_euler_ancestral`; diffusers `scheduling_euler_ancestral_discrete.py`.
public struct EulerAncestralSampler: VarianceExplodingSampler {
    public let schedule: NoiseSchedule
    private let table: SigmaTable

    public init(_ schedule: NoiseSchedule) {
        self.schedule = schedule
        table = SigmaTable(schedule)
    }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        let timesteps = schedule.fractionalTimesteps(count)
        return steps(timesteps, timesteps.map { Float(table.sigma(at: $0)) }, last: 0, from: start)
    }

    /// Every step takes noise, as in the reference, although the last one's has weight zero.
    public func needsNoise(at step: SamplingStep) -> Bool { true }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let clean = clean(from: output, state.sample, at: step)
        let (from, to) = (step.level.ratio, step.target.ratio)
        let up = (to * to * (from * from - to * to) / (from * from)).squareRoot()
        let down = (to * to - up * up).squareRoot()
        var moved = line(state.sample, to: clean, at: step, ratio: down)
        moved.accumulate(required(noise, state.sample), scale: up)
        return SampledStep(state: state.advanced(to: moved), clean: clean)
    }
}
