// The interface of samplers, and the state of a run between steps.

public import Arrays

/// One call of the network within a run.
public struct SamplingStep: Sendable, Hashable {
    /// Index in the whole run, from 0; a run that starts later has larger indices.
    public let index: Int
    /// Calls in the whole run.
    public let total: Int
    /// The training timestep passed to the network; fractional for the Euler samplers.
    public let timestep: Float
    /// The noise level of the network's input.
    public let level: NoiseLevel
    /// The noise level of the step's initial sample: `level`, except where a step is repeated.
    let origin: NoiseLevel
    /// The noise level of the step's result.
    public let target: NoiseLevel

    init(
        index: Int, total: Int, timestep: Float, level: NoiseLevel, origin: NoiseLevel? = nil,
        target: NoiseLevel
    ) {
        self.index = index
        self.total = total
        self.timestep = timestep
        self.level = level
        self.origin = origin ?? level
        self.target = target
    }

    public var isLast: Bool { index == total - 1 }
}

/// The state of a sampler between two steps, as a value.
///
/// A run can be resumed from a stored state, with identical results.
public struct SamplerState: Sendable {
    /// The noisy sample.
    public internal(set) var sample: NDArray
    /// Steps taken since the run began.
    public internal(set) var steps = 0
    /// Earlier predictions for multistep samplers, newest last.
    var past: [PastPrediction] = []
    /// The initial sample of a step with several stages.
    var anchor: NDArray?

    /// The state at the start of a run.
    public init(_ sample: NDArray) { self.sample = sample }

    /// The same state with another sample, for inpainting by blending.
    public func replacing(_ sample: NDArray) -> SamplerState {
        precondition(
            sample.shape == self.sample.shape, "sampler: sample \(sample.shape) for \(self.sample.shape)")
        var copy = self
        copy.sample = sample
        return copy
    }

    /// The state after the next step.
    func advanced(to sample: NDArray, past: [PastPrediction] = [], anchor: NDArray? = nil) -> SamplerState {
        var next = SamplerState(sample)
        next.steps = steps + 1
        next.past = past
        next.anchor = anchor
        return next
    }
}

/// A network's output at an earlier step, or the clean sample implied by it.
struct PastPrediction: Sendable {
    let value: NDArray
    let level: NoiseLevel
}

/// The result of a step.
public struct SampledStep: Sendable {
    /// The new state.
    public let state: SamplerState
    /// The clean sample predicted at this step, clipped if the configuration says so.
    public let clean: NDArray
}

/// A rule that turns network outputs into less noisy samples.
///
/// A run starts with `SamplerState(noise * initialSigma(at: steps[0]))`; for each step, the network's output for
/// `input(state.sample, at: step)` is passed to `advance`. Samplers are stateless.
public protocol Sampler: Sendable {
    var schedule: NoiseSchedule { get }

    /// Possible numbers of steps of a run.
    var stepCounts: ClosedRange<Int> { get }

    /// The steps of a run, from noise to clean.
    /// - Parameters:
    ///   - count: number of steps of the whole run, within `stepCounts`; some samplers make additional calls.
    ///   - start: calls skipped at the beginning, for image-to-image.
    func steps(_ count: Int, from start: Int) -> [SamplingStep]

    /// Standard deviation of the initial noise of a whole run, in the sampler's scale.
    func initialSigma(at first: SamplingStep) -> Float

    /// The network's input for a sample.
    func input(_ sample: NDArray, at step: SamplingStep) -> NDArray

    /// A clean sample noised to the level of `step`, in the sampler's scale; `noise` has its shape.
    func noised(_ clean: NDArray, with noise: NDArray, at step: SamplingStep) -> NDArray

    /// Whether a step needs noise.
    func needsNoise(at step: SamplingStep) -> Bool

    /// Takes one step.
    /// - Parameters:
    ///   - output: the network's output for `input(state.sample, at: step)`.
    ///   - noise: standard normal, of the sample's shape; required if `needsNoise`.
    func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
}

extension Sampler {
    public var stepCounts: ClosedRange<Int> { 1...schedule.trainingSteps }

    /// The steps of a whole run.
    public func steps(_ count: Int) -> [SamplingStep] { steps(count, from: 0) }

    public func initialSigma(at first: SamplingStep) -> Float { 1 }

    public func input(_ sample: NDArray, at step: SamplingStep) -> NDArray { sample }

    public func noised(_ clean: NDArray, with noise: NDArray, at step: SamplingStep) -> NDArray {
        clean.mixed(step.level.sqrtAlphaBar, noise, step.level.sqrtOneMinusAlphaBar)
    }

    public func needsNoise(at step: SamplingStep) -> Bool { false }
}

/// The noise of a step that needs it.
func required(_ noise: NDArray?, _ sample: NDArray) -> NDArray {
    guard let noise, noise.shape == sample.shape else {
        preconditionFailure("sampler: noise \(noise?.shape ?? []) for a sample \(sample.shape)")
    }
    return noise
}

extension NoiseSchedule {
    /// The noise level of a timestep; for a negative one that at the end of a run: no noise, or that of timestep 0.
    func level(_ timestep: Int, endsClean: Bool) -> NoiseLevel {
        guard timestep < 0 else { return NoiseLevel(cumulativeAlpha: cumulativeAlphas[timestep]) }
        return NoiseLevel(cumulativeAlpha: endsClean ? 1 : cumulativeAlphas[0])
    }

    package func clipped(_ clean: NDArray) -> NDArray {
        guard let range = configuration.clipRange else { return clean }
        return clean.clamped(-range...range)
    }
}
