// Walking from noise to a sample: DDIM and DDPM.

public import Arrays
public import Autograd
import Foundation

/// One step of a sampling run.
public struct SamplingStep: Sendable, Hashable {
    /// The training timestep the network is asked about.
    public let timestep: Int
    /// The timestep reached; negative means clean.
    public let previous: Int
}

/// What a step of a sampler yields.
public struct SampledStep: Sendable {
    /// The sample at the step's `previous` timestep.
    public let sample: Tensor
    /// The clean sample predicted on the way, clipped where the configuration says so.
    public let clean: Tensor
}

/// A rule that turns network outputs into less noisy samples.
public protocol Sampler: Sendable {
    var schedule: NoiseSchedule { get }

    /// The steps of a run, from noise to clean.
    /// - Parameter count: from 1 to the number of training timesteps.
    func steps(_ count: Int) -> [SamplingStep]

    /// Whether a step draws noise.
    func needsNoise(at step: SamplingStep) -> Bool

    /// Takes one step.
    /// - Parameters:
    ///   - output: the network's output for `sample` at the step's timestep.
    ///   - noise: standard normal, shape of the sample; used where `needsNoise` says so.
    func advance(_ sample: Tensor, output: Tensor, at step: SamplingStep, noise: NDArray?) -> SampledStep
}

/// The samplers that are built in.
public enum SamplerKind: String, Sendable, CaseIterable {
    case ddim = "DDIMScheduler"
    case ddpm = "DDPMScheduler"

    /// The sampler over a schedule, with its usual settings.
    public func sampler(_ schedule: NoiseSchedule) -> any Sampler {
        switch self {
        case .ddim: DDIMSampler(schedule)
        case .ddpm: DDPMSampler(schedule)
        }
    }
}

/// Denoising diffusion implicit models, with `eta` between the deterministic (0) and the ancestral (1) walk.
///
/// Source: Song et al. 2021, equations 12 and 16; diffusers `scheduling_ddim.py`.
public struct DDIMSampler: Sampler {
    public let schedule: NoiseSchedule
    public let eta: Float

    public init(_ schedule: NoiseSchedule, eta: Float = 0) {
        self.schedule = schedule
        self.eta = eta
    }

    public func steps(_ count: Int) -> [SamplingStep] {
        // The reference steps back by a fixed stride, wherever the next timestep of the run lies.
        let stride = schedule.trainingSteps / max(count, 1)
        return schedule.timesteps(count).map { SamplingStep(timestep: $0, previous: $0 - stride) }
    }

    public func needsNoise(at step: SamplingStep) -> Bool { eta > 0 }

    public func advance(_ sample: Tensor, output: Tensor, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let now = schedule.cumulativeAlphas[step.timestep]
        let final = schedule.configuration.setsAlphaToOne ? 1 : schedule.cumulativeAlphas[0]
        let next = step.previous >= 0 ? schedule.cumulativeAlphas[step.previous] : final
        let variance = (1 - next) / (1 - now) * (1 - now / next)
        let deviation = eta * variance.squareRoot()

        let clean = schedule.clipped(schedule.clean(from: output, noisy: sample, at: step.timestep))
        // As in the reference, the direction keeps the noise of the unclipped prediction.
        let direction = schedule.noise(from: output, noisy: sample, at: step.timestep)
        var moved = clean * next.squareRoot() + direction * (1 - next - deviation * deviation).squareRoot()
        if eta > 0 { moved = moved + Tensor(required(noise, sample)) * deviation }
        return SampledStep(sample: moved, clean: clean)
    }
}

/// Denoising diffusion probabilistic models: the ancestral walk.
///
/// Source: Ho et al. 2020, algorithm 2 and equations 6 and 7; diffusers `scheduling_ddpm.py`.
public struct DDPMSampler: Sampler {
    public let schedule: NoiseSchedule

    public init(_ schedule: NoiseSchedule) {
        self.schedule = schedule
    }

    public func steps(_ count: Int) -> [SamplingStep] {
        let timesteps = schedule.timesteps(count)
        return timesteps.enumerated().map { index, timestep in
            SamplingStep(
                timestep: timestep, previous: index + 1 < timesteps.count ? timesteps[index + 1] : -1)
        }
    }

    public func needsNoise(at step: SamplingStep) -> Bool { step.timestep > 0 }

    public func advance(_ sample: Tensor, output: Tensor, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let now = schedule.cumulativeAlphas[step.timestep]
        let next = step.previous >= 0 ? schedule.cumulativeAlphas[step.previous] : 1
        let alpha = now / next
        let clean = schedule.clipped(schedule.clean(from: output, noisy: sample, at: step.timestep))
        var moved =
            clean * (next.squareRoot() * (1 - alpha) / (1 - now))
            + sample * (alpha.squareRoot() * (1 - next) / (1 - now))
        if needsNoise(at: step) {
            // Both spellings of the small variance come to the same standard deviation.
            let small = max((1 - next) / (1 - now) * (1 - alpha), 1e-20)
            let variance = schedule.configuration.variance == .fixedLarge ? 1 - alpha : small
            moved = moved + Tensor(required(noise, sample)) * variance.squareRoot()
        }
        return SampledStep(sample: moved, clean: clean)
    }
}

// MARK: Helpers

private func required(_ noise: NDArray?, _ sample: Tensor) -> NDArray {
    guard let noise, noise.shape == sample.shape else {
        preconditionFailure("sampler: noise \(noise?.shape ?? []) for a sample \(sample.shape)")
    }
    return noise
}

extension NoiseSchedule {
    /// The training timesteps of a run of `count` steps, falling.
    /// - Precondition: `count` lies from 1 to `trainingSteps`.
    public func timesteps(_ count: Int) -> [Int] {
        precondition(
            (1...trainingSteps).contains(count), "sampler: \(count) steps of \(trainingSteps) timesteps")
        switch configuration.spacing {
        case .leading:
            let ratio = trainingSteps / count
            return (0..<count).reversed().map {
                min($0 * ratio + configuration.stepsOffset, trainingSteps - 1)
            }
        case .linspace:
            let stride = count > 1 ? Double(trainingSteps - 1) / Double(count - 1) : 0
            return (0..<count).reversed().map { Int((Double($0) * stride).rounded(.toNearestOrEven)) }
        case .trailing:
            let ratio = Double(trainingSteps) / Double(count)
            return (0..<count).map {
                Int((Double(trainingSteps) - Double($0) * ratio).rounded(.toNearestOrEven)) - 1
            }
        }
    }

    func clipped(_ clean: Tensor) -> Tensor {
        guard let range = configuration.clipRange else { return clean }
        return clean.clamped(-range...range)
    }
}
