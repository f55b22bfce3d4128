// Timesteps and sigmas of a run, rounded as in NumPy, which the reference uses.

import Arrays
import Foundation

extension NoiseSchedule {
    /// The training timesteps of a run of `count` steps, decreasing.
    ///
    /// For some counts (for example 61 of 1,000) the reference's trailing spacing has one step too many, at timestep
    /// -1; here a run always has `count` steps.
    /// - Parameter fallback: the spacing if the scheduler file has none.
    /// - Precondition: `count` lies from 1 to `trainingSteps`.
    func timesteps(_ count: Int, fallback: TimestepSpacing = .leading) -> [Int] {
        precondition(
            (1...trainingSteps).contains(count), "sampler: \(count) steps of \(trainingSteps) timesteps")
        switch configuration.spacing ?? fallback {
        case .leading:
            let ratio = trainingSteps / count
            return (0..<count).reversed().map { offset($0 * ratio) }
        case .linspace: return linspace(count).reversed().map(rounded)
        case .trailing: return trailing(count)
        }
    }

    /// The timesteps of DPM-Solver and UniPC, which omit the least noisy one and end at sigma zero instead.
    func solverTimesteps(_ count: Int) -> [Int] {
        switch configuration.spacing ?? .linspace {
        case .leading:
            let ratio = trainingSteps / (count + 1)
            return (1...count).reversed().map { offset($0 * ratio) }
        case .linspace: return linspace(count + 1).dropFirst().reversed().map(rounded)
        case .trailing: return trailing(count)
        }
    }

    /// The timesteps of the Euler samplers, which may be fractional.
    func fractionalTimesteps(_ count: Int) -> [Float] {
        switch configuration.spacing ?? .linspace {
        case .linspace: linspace(count).reversed().map { Float($0) }
        case .leading, .trailing: timesteps(count, fallback: .linspace).map { Float($0) }
        }
    }

    private func offset(_ timestep: Int) -> Int {
        min(timestep + configuration.stepsOffset, trainingSteps - 1)
    }

    private func rounded(_ timestep: Double) -> Int {
        Int(clamped: timestep.rounded(.toNearestOrEven))
    }

    private func linspace(_ count: Int) -> [Double] {
        let stride = count > 1 ? Double(trainingSteps - 1) / Double(count - 1) : 0
        return (0..<count).map { Double($0) * stride }
    }

    private func trailing(_ count: Int) -> [Int] {
        // NumPy's `arange` adds multiples of the difference between its first two values.
        let total = Double(trainingSteps)
        let difference = (total - total / Double(count)) - total
        return (0..<count).map { max(rounded(total + Double($0) * difference) - 1, 0) }
    }
}

/// The ratio of noise to signal at every training timestep, increasing, and its interpolation.
///
/// Source: diffusers `scheduling_euler_discrete.py`; Karras and others 2022, equation 5.
struct SigmaTable: Sendable {
    private let sigmas: [Float]

    init(_ schedule: NoiseSchedule) {
        var alphas = schedule.cumulativeAlphas
        // As in the reference, so that the first sigma is finite.
        if schedule.configuration.rescalesToZeroSignal, let last = alphas.indices.last {
            alphas[last] = 0x1p-24
        }
        sigmas = alphas.map { ((1 - $0) / $0).squareRoot() }
    }

    var smallest: Float { sigmas[0] }
    var largest: Float { sigmas[sigmas.count - 1] }

    /// The sigma at a timestep, by linear interpolation.
    func sigma(at timestep: Float) -> Double {
        let place = min(max(Double(timestep), 0), Double(sigmas.count - 1))
        let low = Int(place), high = min(low + 1, sigmas.count - 1)
        let (a, b) = (Double(sigmas[low]), Double(sigmas[high]))
        return a + (b - a) * (place - Double(low))
    }

    /// The timestep of a sigma, by linear interpolation of logarithms.
    func timestep(of sigma: Double) -> Double {
        let logarithm = Foundation.log(max(sigma, 1e-10))
        let above = sigmas.firstIndex { Double(Foundation.log($0)) > logarithm } ?? sigmas.count
        let low = min(max(above - 1, 0), max(sigmas.count - 2, 0)), high = min(low + 1, sigmas.count - 1)
        let (a, b) = (Double(Foundation.log(sigmas[low])), Double(Foundation.log(sigmas[high])))
        guard a != b else { return Double(low) }
        let share = min(max((a - logarithm) / (a - b), 0), 1)
        return (1 - share) * Double(low) + share * Double(high)
    }

    /// `count` sigmas from `largest` to `smallest`, evenly spaced in their seventh root.
    static func karras(_ count: Int, largest: Double, smallest: Double) -> [Double] {
        let (top, bottom) = (pow(largest, 1 / 7), pow(smallest, 1 / 7))
        return (0..<count).map { index in
            let share = count > 1 ? Double(index) / Double(count - 1) : 0
            return pow(top + share * (bottom - top), 7)
        }
    }
}
