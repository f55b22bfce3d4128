// Walking from noise to a sample: what every sampler offers, and the value a run hands from step to step.

public import Arrays

/// One call of the network within a run.
public struct SamplingStep: Sendable, Hashable {
    /// Place in the whole run, from 0; a run that starts in the middle starts at a later place.
    public let index: Int
    /// Calls in the whole run.
    public let total: Int
    /// The training timestep the network is asked about; the Euler samplers ask about fractions.
    public let timestep: Float
    /// The noise of the sample the network sees.
    public let level: NoiseLevel
    /// The noise of the sample the step departs from: `level`, except where a step is taken over again.
    let origin: NoiseLevel
    /// The noise of the sample the step arrives at.
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

/// Where a run of a sampler stands between two steps: all that the next step needs, as a value.
///
/// Keep one, and the run can be taken up from there as often as wanted, to the same bytes.
public struct SamplerState: Sendable {
    /// The noisy sample.
    public internal(set) var sample: NDArray
    /// Steps taken since the run began.
    public internal(set) var steps = 0
    /// What multistep samplers look back at, newest last.
    var past: [PastPrediction] = []
    /// The sample from which a step of several stages departed.
    var anchor: NDArray?

    /// A run that begins at `sample`.
    public init(_ sample: NDArray) { self.sample = sample }

    /// The same run with another sample in its place, as inpainting by blending needs.
    public func replacing(_ sample: NDArray) -> SamplerState {
        precondition(
            sample.shape == self.sample.shape, "sampler: sample \(sample.shape) for \(self.sample.shape)")
        var copy = self
        copy.sample = sample
        return copy
    }

    /// The state one step on.
    func advanced(to sample: NDArray, past: [PastPrediction] = [], anchor: NDArray? = nil) -> SamplerState {
        var next = SamplerState(sample)
        next.steps = steps + 1
        next.past = past
        next.anchor = anchor
        return next
    }
}

/// A network's output at an earlier step, or the clean sample it meant.
struct PastPrediction: Sendable {
    let value: NDArray
    let level: NoiseLevel
}

/// What a step of a sampler yields.
public struct SampledStep: Sendable {
    /// Where the run stands now.
    public let state: SamplerState
    /// The clean sample predicted on the way, clipped where the configuration says so.
    public let clean: NDArray
}

/// A rule that turns network outputs into less noisy samples.
///
/// A run is `SamplerState(noise * initialSigma(at: steps[0]))`, then for each step the network's output for
/// `input(state.sample, at: step)` goes into `advance`. Samplers hold no state of their own.
public protocol Sampler: Sendable {
    var schedule: NoiseSchedule { get }

    /// How many steps a run may have.
    var stepCounts: ClosedRange<Int> { get }

    /// The steps of a run, from noise to clean.
    /// - Parameters:
    ///   - count: steps of the whole run, one of `stepCounts`; some samplers make one or more calls on top.
    ///   - start: calls left out at the beginning, as for image-to-image.
    func steps(_ count: Int, from start: Int) -> [SamplingStep]

    /// The standard deviation of the noise a whole run starts from, in the sampler's own scale.
    func initialSigma(at first: SamplingStep) -> Float

    /// What the network is shown of a sample.
    func input(_ sample: NDArray, at step: SamplingStep) -> NDArray

    /// A clean sample made as noisy as a run is at `step`, in the sampler's own scale; `noise` has its shape.
    func noised(_ clean: NDArray, with noise: NDArray, at step: SamplingStep) -> NDArray

    /// Whether a step draws noise.
    func needsNoise(at step: SamplingStep) -> Bool

    /// Takes one step.
    /// - Parameters:
    ///   - output: the network's output for `input(state.sample, at: step)`.
    ///   - noise: standard normal, shape of the sample; used where `needsNoise` says so.
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

/// The noise of a step that needs some.
func required(_ noise: NDArray?, _ sample: NDArray) -> NDArray {
    guard let noise, noise.shape == sample.shape else {
        preconditionFailure("sampler: noise \(noise?.shape ?? []) for a sample \(sample.shape)")
    }
    return noise
}

extension NoiseSchedule {
    /// The level of a timestep; below zero that of the end of a run, where the signal is one or that of timestep 0.
    func level(_ timestep: Int, endsClean: Bool) -> NoiseLevel {
        guard timestep < 0 else { return NoiseLevel(cumulativeAlpha: cumulativeAlphas[timestep]) }
        return NoiseLevel(cumulativeAlpha: endsClean ? 1 : cumulativeAlphas[0])
    }

    package func clipped(_ clean: NDArray) -> NDArray {
        guard let range = configuration.clipRange else { return clean }
        return clean.clamped(-range...range)
    }
}
