// The noise schedule, and conversions between prediction types.

import Arrays
public import Autograd
import Checkpoints
import Foundation

/// The forward process `noisy = sqrtAlphaBar(t) · clean + sqrtOneMinusAlphaBar(t) · noise` at every training timestep.
///
/// Source: Ho et al. 2020, equation 4; diffusers `scheduling_ddpm.py`.
public struct NoiseSchedule: Sendable {
    public let configuration: SchedulerConfiguration
    /// Cumulative product of `1 - beta`, one per training timestep, decreasing.
    public let cumulativeAlphas: [Float]

    public var trainingSteps: Int { cumulativeAlphas.count }
    public var prediction: PredictionType { configuration.prediction }

    public init(_ configuration: SchedulerConfiguration) {
        self.configuration = configuration
        var betas = configuration.betas
        if configuration.rescalesToZeroSignal { betas = betasRescaledToZeroSignal(betas) }
        cumulativeAlphas = cumulativeProducts(betas.map { 1 - $0 })
    }

    /// Reads `scheduler_config.json`, of DDPM or of any scheduler with the same keys.
    /// - Throws: `CheckpointError` for a missing file or a setting that is not supported.
    public init(path: String) throws {
        self.init(try loadConfiguration(SchedulerConfiguration.self, from: path, infinityAsLargest: true))
    }

    /// Factor of the clean sample at timestep `t` of `0..<trainingSteps`.
    public func sqrtAlphaBar(_ t: Int) -> Float { cumulativeAlphas[t].squareRoot() }

    /// Factor of the noise at timestep `t`.
    public func sqrtOneMinusAlphaBar(_ t: Int) -> Float { (1 - cumulativeAlphas[t]).squareRoot() }

    /// Adds noise to clean samples; `noise` has their shape.
    public func noised(_ clean: Tensor, with noise: Tensor, at t: Int) -> Tensor {
        clean * sqrtAlphaBar(t) + noise * sqrtOneMinusAlphaBar(t)
    }

    /// The velocity that a network of that prediction type should output.
    public func velocity(of clean: Tensor, with noise: Tensor, at t: Int) -> Tensor {
        noise * sqrtAlphaBar(t) - clean * sqrtOneMinusAlphaBar(t)
    }

    /// The clean sample implied by a network's output, given its noisy input at timestep `t`.
    public func clean(from output: Tensor, noisy: Tensor, at t: Int) -> Tensor {
        switch prediction {
        case .epsilon: (noisy - output * sqrtOneMinusAlphaBar(t)) / sqrtAlphaBar(t)
        case .sample: output
        case .velocity: noisy * sqrtAlphaBar(t) - output * sqrtOneMinusAlphaBar(t)
        }
    }

    /// The noise implied by a network's output, given its noisy input at timestep `t`.
    public func noise(from output: Tensor, noisy: Tensor, at t: Int) -> Tensor {
        switch prediction {
        case .epsilon: output
        case .sample: (noisy - output * sqrtAlphaBar(t)) / sqrtOneMinusAlphaBar(t)
        case .velocity: output * sqrtAlphaBar(t) + noisy * sqrtOneMinusAlphaBar(t)
        }
    }
}

// MARK: Betas, in float32 and in the reference's order of operations, because rounding accumulates over a thousand
// factors

extension SchedulerConfiguration {
    fileprivate var betas: [Float] {
        if let trainedBetas { return trainedBetas.map(Float.init) }
        switch betaSchedule {
        case .linear: return evenlySpaced(Float(betaStart), Float(betaEnd), trainingSteps)
        case .scaledLinear:
            return evenlySpaced(Float(betaStart.squareRoot()), Float(betaEnd.squareRoot()), trainingSteps)
                .map { $0 * $0 }
        case .squaredCosine: return squaredCosineBetas(trainingSteps)
        case .sigmoid:
            return evenlySpaced(-6, 6, trainingSteps)
                .map { 1 / (1 + Foundation.exp(-$0)) * Float(betaEnd - betaStart) + Float(betaStart) }
        }
    }
}

/// PyTorch's `linspace`, which is computed from both ends towards the middle.
private func evenlySpaced(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { $0 < count / 2 ? start + step * Float($0) : end - step * Float(count - 1 - $0) }
}

/// Betas whose signal power follows a squared cosine, each at most 0.999 (Nichol & Dhariwal 2021, equation 17).
private func squaredCosineBetas(_ count: Int) -> [Float] {
    func power(_ time: Double) -> Double {
        let cosine = Foundation.cos((time + 0.008) / 1.008 * .pi / 2)
        return cosine * cosine
    }
    return (0..<count).map { index in
        Float(min(1 - power(Double(index + 1) / Double(count)) / power(Double(index) / Double(count)), 0.999))
    }
}

/// Betas shifted and scaled so that the last timestep is pure noise: Lin and others 2023, algorithm 1.
private func betasRescaledToZeroSignal(_ betas: [Float]) -> [Float] {
    var roots = cumulativeProducts(betas.map { 1 - $0 }).map { $0.squareRoot() }
    let (first, last) = (roots[0], roots[roots.count - 1])
    let scale = first / (first - last)
    roots = roots.map { ($0 - last) * scale }
    let squares = roots.map { $0 * $0 }
    return squares.indices.map { $0 == 0 ? 1 - squares[0] : 1 - squares[$0] / squares[$0 - 1] }
}

private func cumulativeProducts(_ factors: [Float]) -> [Float] {
    var product = 1.0
    return factors.map { factor in
        product *= Double(factor)
        return Float(product)
    }
}
