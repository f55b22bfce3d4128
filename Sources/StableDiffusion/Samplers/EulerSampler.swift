// Euler's method on the probability-flow ODE in the variance-exploding parametrisation.

public import Arrays
public import Checkpoints

/// A sampler whose samples are `clean + ratio · noise`: clean samples are not scaled.
///
/// Source: Karras and others 2022, section 3; diffusers `scheduling_euler_discrete.py`.
protocol VarianceExplodingSampler: Sampler {}

extension VarianceExplodingSampler {
    public func initialSigma(at first: SamplingStep) -> Float {
        let ratio = first.level.ratio
        // Spacings that start at the last timestep start from pure noise; with leading spacing some signal remains.
        return schedule.configuration.spacing == .leading ? (ratio * ratio + 1).squareRoot() : ratio
    }

    public func input(_ sample: NDArray, at step: SamplingStep) -> NDArray {
        sample * (1 / (step.level.ratio * step.level.ratio + 1).squareRoot())
    }

    public func noised(_ clean: NDArray, with noise: NDArray, at step: SamplingStep) -> NDArray {
        clean.mixed(1, noise, step.level.ratio)
    }

    /// The clean sample implied by an output.
    func clean(from output: NDArray, _ sample: NDArray, at step: SamplingStep) -> NDArray {
        let ratio = step.level.ratio
        let power = ratio * ratio + 1
        return switch schedule.prediction {
        case .epsilon: sample.mixed(1, output, -ratio)
        case .sample: output
        case .velocity: output.mixed(-ratio / power.squareRoot(), sample, 1 / power)
        }
    }

    /// Along the line from `sample` through the clean one, from the step's sigma to another.
    func line(_ sample: NDArray, to clean: NDArray, at step: SamplingStep, ratio: Float) -> NDArray {
        let share = ratio / step.level.ratio
        return sample.mixed(share, clean, 1 - share)
    }

    /// The steps of a run through sigmas that end at `last`.
    func steps(_ timesteps: [Float], _ sigmas: [Float], last: Float, from start: Int) -> [SamplingStep] {
        timesteps.enumerated().dropFirst(start).map { index, timestep in
            SamplingStep(
                index: index, total: timesteps.count, timestep: timestep,
                level: NoiseLevel(ratio: sigmas[index]),
                target: NoiseLevel(ratio: index + 1 < sigmas.count ? sigmas[index + 1] : last))
        }
    }
}

/// Euler's method, deterministic.
///
/// Source: Karras and others 2022, algorithm 2 without churn; diffusers `scheduling_euler_discrete.py`.
public struct EulerSampler: VarianceExplodingSampler {
    public let schedule: NoiseSchedule
    private let table: SigmaTable

    /// - Throws: `ConfigurationProblem` for sigma spacings that are not supported.
    public init(_ schedule: NoiseSchedule) throws(ConfigurationProblem) {
        try schedule.configuration.solver.refuse(
            "use_exponential_sigmas", "use_beta_sigmas", "interpolation_type", "timestep_type")
        self.schedule = schedule
        table = SigmaTable(schedule)
    }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        let settings = schedule.configuration.solver
        var timesteps = schedule.fractionalTimesteps(count)
        var sigmas = timesteps.map { table.sigma(at: $0) }
        if settings.usesKarrasSigmas {
            sigmas = SigmaTable.karras(
                count, largest: settings.sigmaMax ?? sigmas[0],
                smallest: settings.sigmaMin ?? sigmas[count - 1])
            timesteps = sigmas.map { Float(table.timestep(of: $0)) }
        }
        return steps(
            timesteps, sigmas.map { Float($0) }, last: settings.endsAtSmallestSigma ? table.smallest : 0,
            from: start)
    }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let clean = clean(from: output, state.sample, at: step)
        let moved = line(state.sample, to: clean, at: step, ratio: step.target.ratio)
        return SampledStep(state: state.advanced(to: moved), clean: clean)
    }
}
