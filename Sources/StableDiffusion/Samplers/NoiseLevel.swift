// The noise level of a sample, and conversions of a network's output at that level.

import Arrays
import Foundation

/// A noise level: `noisy = sqrtAlphaBar · clean + sqrtOneMinusAlphaBar · noise`.
///
/// Some samplers use the cumulative alpha of a timestep, others the ratio of noise to signal. Each is stored as
/// given, because near the ends of the schedule one cannot be computed from the other in float32.
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

    /// Zero noise.
    public static let clean = NoiseLevel(ratio: 0)

    /// `log(sqrtAlphaBar / sqrtOneMinusAlphaBar)`, half the log signal-to-noise ratio; infinite without noise.
    var halfLogSNR: Float { Foundation.log(sqrtAlphaBar) - Foundation.log(sqrtOneMinusAlphaBar) }

    /// The clean sample implied by an output, given the noisy sample.
    func clean(from output: NDArray, noisy: NDArray, _ prediction: PredictionType) -> NDArray {
        switch prediction {
        case .epsilon: noisy.mixed(1 / sqrtAlphaBar, output, -sqrtOneMinusAlphaBar / sqrtAlphaBar)
        case .sample: output
        case .velocity: noisy.mixed(sqrtAlphaBar, output, -sqrtOneMinusAlphaBar)
        }
    }

    /// The noise implied by an output, given the noisy sample.
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
