// DPM-Solver++, multistep, of first and second order.

public import Arrays
public import Checkpoints
import Foundation

/// A solver of the probability-flow ODE whose linear part is exact, for networks in data prediction.
///
/// Second order over the last two predictions, first order at the start and the end of a run.
/// Source: Lu and others 2022 (DPM-Solver++), algorithm 2; diffusers `scheduling_dpmsolver_multistep.py`.
public struct DPMSolverSampler: Sampler {
    public let schedule: NoiseSchedule
    /// Whether sigmas are spaced after Karras and others 2022, equation 5.
    public let usesKarrasSigmas: Bool
    private let table: SigmaTable
    private let solver: Solver

    private enum Solver: String, CaseIterable {
        case midpoint, heun
    }

    /// - Parameter karras: nil leaves it to the scheduler file.
    /// - Throws: `ConfigurationProblem` for algorithms, orders and spacings that are not supported.
    public init(_ schedule: NoiseSchedule, karras: Bool? = nil) throws(ConfigurationProblem) {
        let settings = schedule.configuration.solver
        try settings.refuse(
            "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas", "use_flow_sigmas",
            "use_dynamic_shifting", "lambda_min_clipped")
        guard ["dpmsolver++", "deis"].contains(settings.algorithm) else {
            throw ConfigurationProblem(
                key: "algorithm_type", reason: "is '\(settings.algorithm)'; 'dpmsolver++' is supported")
        }
        try settings.requireOrder(1...2)
        // The reference replaces the solver types of other solvers by its own default.
        solver = settings.solverType.flatMap(Solver.init) ?? .midpoint
        self.schedule = schedule
        usesKarrasSigmas = karras ?? settings.usesKarrasSigmas
        table = SigmaTable(schedule)
    }

    public var stepCounts: ClosedRange<Int> { 1...max(schedule.trainingSteps - 1, 1) }

    public func steps(_ count: Int, from start: Int) -> [SamplingStep] {
        let rounds = schedule.configuration.betaSchedule != .squaredCosine
        return schedule.solverSteps(
            count, from: start, karras: usesKarrasSigmas, table,
            rounding: rounds ? .toNearestOrEven : .towardZero)
    }

    public func advance(_ state: SamplerState, output: NDArray, at step: SamplingStep, noise: NDArray?)
        -> SampledStep
    {
        let clean = step.level.clean(from: output, noisy: state.sample, schedule.prediction)
        let (now, next) = (step.level, step.target)
        let h = next.halfLogSNR - now.halfLogSNR
        let decay = next.sqrtAlphaBar * (Foundation.exp(-h) - 1)
        var moved = state.sample.mixed(next.sqrtOneMinusAlphaBar / now.sqrtOneMinusAlphaBar, clean, -decay)
        if let before = state.past.last, !isFirstOrder(step) {
            let slope = h / (now.halfLogSNR - before.level.halfLogSNR)
            let weight =
                switch solver {
                case .midpoint: -0.5 * decay
                case .heun: next.sqrtAlphaBar * ((Foundation.exp(-h) - 1) / h + 1)
                }
            moved.accumulate(clean, scale: weight * slope)
            moved.accumulate(before.value, scale: -weight * slope)
        }
        let past = [PastPrediction(value: clean, level: now)]
        return SampledStep(state: state.advanced(to: moved, past: past), clean: clean)
    }

    /// The last step, if the run is short, ends at sigma zero, or the settings say so.
    private func isFirstOrder(_ step: SamplingStep) -> Bool {
        let settings = schedule.configuration.solver
        guard settings.order > 1 else { return true }
        let lowers =
            settings.takesEulerStepAtEnd || settings.lowersOrderAtEnd && step.total < 15
            || !settings.endsAtSmallestSigma
        return step.isLast && lowers
    }
}

extension NoiseSchedule {
    /// The steps that DPM-Solver and UniPC share.
    func solverSteps(
        _ count: Int, from start: Int, karras: Bool, _ table: SigmaTable,
        rounding: FloatingPointRoundingRule
    ) -> [SamplingStep] {
        precondition(
            (1..<max(trainingSteps, 2)).contains(count), "solver: \(count) steps of \(trainingSteps)")
        var timesteps = solverTimesteps(count)
        var sigmas = timesteps.map { table.sigma(at: Float($0)) }
        if karras {
            sigmas = SigmaTable.karras(
                count, largest: Double(table.largest), smallest: Double(table.smallest))
            timesteps = sigmas.map { Int(clamped: table.timestep(of: $0).rounded(rounding)) }
        }
        let last = configuration.solver.endsAtSmallestSigma ? table.smallest : 0
        return timesteps.enumerated().dropFirst(start).map { index, timestep in
            SamplingStep(
                index: index, total: count, timestep: Float(timestep),
                level: NoiseLevel(ratio: Float(sigmas[index])),
                target: NoiseLevel(ratio: index + 1 < count ? Float(sigmas[index + 1]) : last))
        }
    }
}
