// How noisy a sample is, and what a network's output means at that level.

import Arrays
import Foundation

/// A level of noise: `noisy = signal · clean + sigma · noise`, with squares that sum to 1.
///
/// Some samplers know it by the cumulative alpha of a timestep, others by the ratio of noise to signal; each form is
/// kept as it was given, because near the ends one cannot be had from the other in float32.
public struct NoiseLevel: Sendable, Hashable {
    /// The square of `sqrtAlphaBar`: the cumulative product of `1 - beta`.
    public let cumulativeAlpha: Float
    /// Factor of the clean sample.
    public let sqrtAlphaBar: Float
    /// Factor of the noise.
    public let sqrtOneMinusAlphaBar: Float
    /// `sqrtOneMinusAlphaBar / sqrtAlphaBar`, the sigma of Karras and others 2022.
    public let ratio: Float

    /// - Parameter cumulativeAlpha: in [0, 1].
    public init(cumulativeAlpha: Float) {
        self.cumulativeAlpha = cumulativeAlpha
        sqrtAlphaBar = cumulativeAlpha.squareRoot()
        sqrtOneMinusAlphaBar = (1 - cumulativeAlpha).squareRoot()
        ratio = ((1 - cumulativeAlpha) / cumulativeAlpha).squareRoot()
    }

    /// - Parameter ratio: zero or more.
    public init(ratio: Float) {
        self.ratio = ratio
        sqrtAlphaBar = 1 / (ratio * ratio + 1).squareRoot()
        sqrtOneMinusAlphaBar = ratio * sqrtAlphaBar
        cumulativeAlpha = sqrtAlphaBar * sqrtAlphaBar
    }

    /// No noise.
    public static let clean = NoiseLevel(ratio: 0)

    /// `log(sqrtAlphaBar / sqrtOneMinusAlphaBar)`, half the logarithm of the signal-to-noise ratio; infinite without noise.
    var halfLogSNR: Float { Foundation.log(sqrtAlphaBar) - Foundation.log(sqrtOneMinusAlphaBar) }

    /// The clean sample that an output means, given the noisy sample.
    func clean(from output: NDArray, noisy: NDArray, _ prediction: PredictionType) -> NDArray {
        switch prediction {
        case .epsilon: noisy.mixed(1 / sqrtAlphaBar, output, -sqrtOneMinusAlphaBar / sqrtAlphaBar)
        case .sample: output
        case .velocity: noisy.mixed(sqrtAlphaBar, output, -sqrtOneMinusAlphaBar)
        }
    }

    /// The noise that an output means, given the noisy sample.
    func noise(from output: NDArray, noisy: NDArray, _ prediction: PredictionType) -> NDArray {
        switch prediction {
        case .epsilon: output
        case .sample: noisy.mixed(1 / sqrtOneMinusAlphaBar, output, -sqrtAlphaBar / sqrtOneMinusAlphaBar)
        case .velocity: output.mixed(sqrtAlphaBar, noisy, sqrtOneMinusAlphaBar)
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
