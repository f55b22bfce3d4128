// Latent consistency models.

public import Arrays
public import Checkpoints

/// The sampler of latent consistency models: a few predictions of the clean sample, each noised again.
///
/// A run uses timesteps of the schedule that the model was distilled on.
/// Source: Luo and others 2023, algorithm 3 and section 4.3; diffusers `scheduling_lcm.py`.
public struct LCMSampler: Sampler {
    public let schedule: NoiseSchedule
    private let originalSteps: Int
    private let timestepScaling: Float

    /// - Throws: `ConfigurationProblem` if the distillation had more steps than the schedule.
    public init(_ schedule: NoiseSchedule) throws(ConfigurationProblem) {
        self.schedule = schedule
        originalSteps = schedule.configuration.solver.originalSteps
        timestepScaling = Float(schedule.configuration.solver.timestepScaling)
        guard originalSteps <= schedule.trainingSteps else {
            throw ConfigurationProblem(
                key: "original_inference_steps",
                reason: "is \(originalSteps), more than num_train_timesteps, \(schedule.trainingSteps)")
        }
    }

    public var stepCounts: ClosedRange<Int> { 1...originalSteps }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        precondition(stepCounts.contains(count), "LCM: \(count) steps of \(originalSteps)")
        let stride = schedule.trainingSteps / originalSteps
        let timesteps = (0..<count).map { index in
            let skipped = Int((Double(index) * (Double(originalSteps) / Double(count))).rounded(.down))
            return (originalSteps - skipped) * stride - 1
        }
        return timesteps.enumerated().dropFirst(start).map { index, timestep in
            let next = index + 1 < count ? timesteps[index + 1] : timestep
            return SamplingStep(
                index: index, total: count, timestep: Float(timestep),
                level: schedule.level(timestep, endsClean: true),
                target: schedule.level(next, endsClean: true))
        }
    }

    public func needsNoise(at step: SamplingStep) -> Bool { !step.isLast }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        var clean = step.level.clean(from: output, noisy: state.sample, schedule.prediction)
        let configuration = schedule.configuration
        if configuration.clips ?? false {
            clean = clean.clamped(-configuration.clipBound...configuration.clipBound)
        }
        // The boundary condition: at timestep 0 the consistency function is the identity.
        let (time, data): (Float, Float) = (step.timestep * timestepScaling, 0.5)
        let power = time * time + data * data
        let consistent = clean.mixed(time / power.squareRoot(), state.sample, data * data / power)
        let moved =
            needsNoise(at: step)
            ? consistent.mixed(
                step.target.sqrtAlphaBar, required(noise, state.sample), step.target.sqrtOneMinusAlphaBar)
            : consistent
        return SampledStep(state: state.advanced(to: moved), clean: consistent)
    }
}
