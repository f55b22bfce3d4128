// How noisy a sample is, and what a network's output means at that level.

import Arrays
import Foundation

/// A level of noise: `noisy = signal · clean + sigma · noise`, with `signal² + sigma² = 1`.
///
/// Some samplers know it by the cumulative alpha of a timestep, others by the ratio of noise to signal; each form is
/// kept as it was given, because near the ends one cannot be had from the other in float32.
public struct NoiseLevel: Sendable, Hashable {
    /// The square of `signal`: the cumulative product of `1 - beta`.
    public let cumulativeAlpha: Float
    /// Factor of the clean sample.
    public let signal: Float
    /// Factor of the noise.
    public let sigma: Float
    /// `sigma / signal`, the sigma of Karras and others 2022.
    public let ratio: Float

    /// - Parameter cumulativeAlpha: in [0, 1].
    public init(cumulativeAlpha: Float) {
        self.cumulativeAlpha = cumulativeAlpha
        signal = cumulativeAlpha.squareRoot()
        sigma = (1 - cumulativeAlpha).squareRoot()
        ratio = ((1 - cumulativeAlpha) / cumulativeAlpha).squareRoot()
    }

    /// - Parameter ratio: zero or more.
    public init(ratio: Float) {
        self.ratio = ratio
        signal = 1 / (ratio * ratio + 1).squareRoot()
        sigma = ratio * signal
        cumulativeAlpha = signal * signal
    }

    /// No noise.
    public static let clean = NoiseLevel(ratio: 0)

    /// `log(signal / sigma)`, half the logarithm of the signal-to-noise ratio; infinite without noise.
    var halfLogSNR: Float { Foundation.log(signal) - Foundation.log(sigma) }

    /// The clean sample that an output means, given the noisy sample.
    func clean(from output: NDArray, noisy: NDArray, _ prediction: PredictionType) -> NDArray {
        switch prediction {
        case .epsilon: noisy.mixed(1 / signal, output, -sigma / signal)
        case .sample: output
        case .velocity: noisy.mixed(signal, output, -sigma)
        }
    }

    /// The noise that an output means, given the noisy sample.
    func noise(from output: NDArray, noisy: NDArray, _ prediction: PredictionType) -> NDArray {
        switch prediction {
        case .epsilon: output
        case .sample: noisy.mixed(1 / sigma, output, -signal / sigma)
        case .velocity: output.mixed(signal, noisy, sigma)
        }
    }
}

extension NDArray {
    /// `a · self + b · other`.
    func mixed(_ a: Float, _ other: NDArray, _ b: Float) -> NDArray {
        var result = self * a
        result.accumulate(other, scale: b)
        return result
    }
}
