// Pseudo numerical methods for diffusion models.

public import Arrays
public import Checkpoints
import Foundation

/// A linear multistep method over the last four outputs; by default, as in Stable Diffusion, without Runge-Kutta
/// steps.
///
/// Without them the first step is taken twice, the second time with the mean of both outputs. With them
/// (`skip_prk_steps` false) each of the first three steps takes four network calls. Source: Liu and others 2022,
/// equations 9, 12 and 13; diffusers `scheduling_pndm.py`.
public struct PNDMSampler: Sampler {
    public let schedule: NoiseSchedule
    private let endsClean: Bool
    private let skipsRungeKutta: Bool

    /// - Throws: `ConfigurationProblem` for a network that predicts the clean sample.
    public init(_ schedule: NoiseSchedule) throws(ConfigurationProblem) {
        guard schedule.prediction != .sample else {
            throw ConfigurationProblem(
                key: "prediction_type", reason: "is 'sample', which PNDM does not support")
        }
        self.schedule = schedule
        endsClean = schedule.configuration.setsAlphaToOne ?? false
        skipsRungeKutta = schedule.configuration.solver.skipsRungeKutta
    }

    /// Runge-Kutta steps are taken between the first four timesteps.
    public var stepCounts: ClosedRange<Int> {
        let least = skipsRungeKutta ? 1 : min(4, schedule.trainingSteps)
        return least...schedule.trainingSteps
    }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        let stride = schedule.trainingSteps / count
        let falling = schedule.timesteps(count)
        let rungeKutta = skipsRungeKutta ? [] : rungeKuttaTimesteps(falling, stride: stride)
        let linear = skipsRungeKutta ? repeatingSecond(falling) : Array(falling.dropFirst(3))
        let timesteps = rungeKutta + linear
        return timesteps.enumerated().dropFirst(start).map { index, timestep in
            // As in the reference, counted from the first step that is taken, whatever its index.
            let taken = index - start
            var (origin, target) = (timestep, timestep - stride)
            if taken < rungeKutta.count {
                origin = rungeKutta[taken / 4 * 4]
                target = timestep - (taken % 2 == 0 ? stride / 2 : 0)
            } else if taken == 1 {
                (origin, target) = (timestep + stride, timestep)
            }
            return SamplingStep(
                index: index, total: timesteps.count, timestep: Float(timestep),
                level: level(timestep), origin: level(origin), target: level(target))
        }
    }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let clean = step.level.clean(from: output, noisy: state.sample, schedule.prediction)
        let call = PastPrediction(value: output, level: step.level)
        if !skipsRungeKutta, state.steps < 12 {
            return SampledStep(state: rungeKutta(state, call, at: step), clean: clean)
        }
        let next: SamplerState
        if state.steps == 1, skipsRungeKutta {
            // The first step again; the reference does not add this output to the history.
            let mean = output.mixed(0.5, state.past[0].value, 0.5)
            let origin = state.anchor ?? state.sample
            next = state.advanced(to: moved(origin, by: mean, at: step), past: state.past)
        } else {
            let past = state.past.suffix(3) + [call]
            let mixed = adamsBashforth(past.map(\.value))
            next = state.advanced(
                to: moved(state.sample, by: mixed, at: step), past: Array(past),
                anchor: state.steps == 0 ? state.sample : nil)
        }
        return SampledStep(state: next, clean: clean)
    }

    // MARK: Helpers

    private func level(_ timestep: Int) -> NoiseLevel {
        schedule.level(min(timestep, schedule.trainingSteps - 1), endsClean: endsClean)
    }

    /// The timesteps with the second one repeated.
    private func repeatingSecond(_ falling: [Int]) -> [Int] {
        guard falling.count > 1 else { return falling }
        return [falling[0], falling[1]] + falling.dropFirst()
    }

    /// Four calls for each of the first three steps: at its ends and twice at its midpoint.
    private func rungeKuttaTimesteps(_ falling: [Int], stride: Int) -> [Int] {
        let halves = falling.prefix(4).reversed().flatMap { [$0, $0 + stride / 2] }.dropLast()
        return Array(halves.flatMap { [$0, $0] }.dropFirst().dropLast().reversed())
    }

    /// One of the four calls of a step: the state holds the step's initial sample and the outputs so far.
    private func rungeKutta(_ state: SamplerState, _ call: PastPrediction, at step: SamplingStep)
        -> SamplerState
    {
        let stage = state.steps % 4
        let origin = stage == 0 ? state.sample : state.anchor ?? state.sample
        // The first output of each complete step is kept for the multistep method, followed by those of this step.
        var past = state.past
        past.append(call)
        guard stage == 3 else {
            return state.advanced(
                to: moved(origin, by: call.value, at: step), past: past, anchor: origin)
        }
        let outputs = past.suffix(4).map(\.value)
        let mixed = outputs[0].mixed(1 / 6, outputs[1], 1 / 3) + outputs[2].mixed(1 / 3, outputs[3], 1 / 6)
        return state.advanced(to: moved(origin, by: mixed, at: step), past: Array(past.dropLast(3)))
    }

    /// Extrapolation from up to four outputs, newest last (Adams–Bashforth).
    private func adamsBashforth(_ outputs: [NDArray]) -> NDArray {
        let weights: [Float] =
            switch outputs.count {
            case 1: [1]
            case 2: [-1 / 2, 3 / 2]
            case 3: [5 / 12, -16 / 12, 23 / 12]
            default: [-9 / 24, 37 / 24, -59 / 24, 55 / 24]
            }
        return zip(outputs, weights).dropFirst().reduce(outputs[0] * weights[0]) {
            $0.mixed(1, $1.0, $1.1)
        }
    }

    /// Equation 9, from the step's origin to its target.
    private func moved(_ sample: NDArray, by output: NDArray, at step: SamplingStep) -> NDArray {
        let (now, next) = (step.origin.cumulativeAlpha, step.target.cumulativeAlpha)
        let noise = step.origin.noise(from: output, noisy: sample, schedule.prediction)
        let divisor = now * (1 - next).squareRoot() + (now * (1 - now) * next).squareRoot()
        return sample.mixed((next / now).squareRoot(), noise, -(next - now) / divisor)
    }
}
