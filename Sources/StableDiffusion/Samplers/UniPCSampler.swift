// UniPC: a predictor and a corrector that share their network calls.

public import Arrays
public import Checkpoints
import Foundation

/// A multistep predictor like DPM-Solver++, each step of which is corrected with the output of the next call.
///
/// Second order with B₂(h) = eʰ - 1 and predictions of the clean sample, as published.
/// Source: Zhao and others 2023, algorithms 5 and 6; diffusers `scheduling_unipc_multistep.py`.
public struct UniPCSampler: Sampler {
    public let schedule: NoiseSchedule
    private let table: SigmaTable

    /// - Throws: `ConfigurationProblem` for variants, orders and spacings that are not supported.
    public init(_ schedule: NoiseSchedule) throws(ConfigurationProblem) {
        let settings = schedule.configuration.solver
        try settings.refuse(
            "use_exponential_sigmas", "use_beta_sigmas", "use_flow_sigmas", "use_dynamic_shifting")
        guard settings.solverType != "bh1" else {
            throw ConfigurationProblem(key: "solver_type", reason: "is 'bh1'; 'bh2' is supported")
        }
        guard settings.predictsClean else {
            throw ConfigurationProblem(key: "predict_x0", reason: "is false; only true is supported")
        }
        try settings.requireOrder(1...2)
        self.schedule = schedule
        table = SigmaTable(schedule)
    }

    public var stepCounts: ClosedRange<Int> { 1...max(schedule.trainingSteps - 1, 1) }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        schedule.solverSteps(
            count, from: start, karras: schedule.configuration.solver.usesKarrasSigmas, table,
            rounding: .toNearestOrEven)
    }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let settings = schedule.configuration.solver
        let clean = step.level.clean(from: output, noisy: state.sample, schedule.prediction)
        var sample = state.sample
        if let anchor = state.anchor, !settings.uncorrectedSteps.contains(step.index - 1) {
            sample = corrected(anchor, past: state.past, clean: clean, at: step.level)
        }
        let past = state.past.suffix(1) + [PastPrediction(value: clean, level: step.level)]
        let left = settings.lowersOrderAtEnd ? min(settings.order, step.total - step.index) : settings.order
        let order = min(left, past.count)
        let move = Move(from: step.level, to: step.target)
        var moved = sample.mixed(move.keep, clean, -move.rise)
        if order == 2, let before = past.first {
            let slope = -0.5 * move.rise / move.place(of: before.level)
            moved.accumulate(before.value, scale: slope)
            moved.accumulate(clean, scale: -slope)
        }
        return SampledStep(
            state: state.advanced(to: moved, past: Array(past.suffix(order)), anchor: sample), clean: clean)
    }

    /// The last step again, now that the prediction at its end is known.
    ///
    /// Its order is that of the step, which equals the number of predictions in `past`.
    private func corrected(_ anchor: NDArray, past: [PastPrediction], clean: NDArray, at level: NoiseLevel)
        -> NDArray
    {
        let last = past[past.count - 1]
        let move = Move(from: last.level, to: level)
        var ahead: Float = 0.5
        var result = anchor.mixed(move.keep, last.value, -move.rise)
        if past.count == 2 {
            // Two unknowns, the weights of the backward and forward differences, which match two moments exactly.
            let place = move.place(of: past[0].level)
            let (first, second) = move.moments
            let behind = (first - second) / (1 - place)
            ahead = first - behind
            let slope = -behind * move.rise / place
            result.accumulate(past[0].value, scale: slope)
            result.accumulate(last.value, scale: -slope)
        }
        result.accumulate(clean, scale: -ahead * move.rise)
        result.accumulate(last.value, scale: ahead * move.rise)
        return result
    }
}

/// Coefficients of a step from one noise level to another.
private struct Move {
    private let h: Float
    private let start: Float
    /// Factor of the sample.
    let keep: Float
    /// `sqrtAlphaBar · (exp(-h) - 1)`: minus the factor of the clean sample, and the weight of its differences.
    let rise: Float

    init(from: NoiseLevel, to: NoiseLevel) {
        start = from.halfLogSNR
        h = to.halfLogSNR - start
        keep = to.sqrtOneMinusAlphaBar / from.sqrtOneMinusAlphaBar
        rise = to.sqrtAlphaBar * Foundation.expm1(-h)
    }

    /// The position of another level on the step, from 0 at the start to 1 at the end; negative for earlier levels.
    func place(of level: NoiseLevel) -> Float { (level.halfLogSNR - start) / h }

    /// The right-hand sides of the corrector's equations, `φ_k(h) k! h^k / B(h)` for k of 1 and 2.
    var moments: (Float, Float) {
        let (x, base) = (-h, Foundation.expm1(-h))
        let first = base / x - 1
        let second = first / x - 0.5
        return (first / base, second * 2 / base)
    }
}
