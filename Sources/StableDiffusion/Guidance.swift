// Classifier-free guidance.

public import Arrays

/// Classifier-free guidance: `u + s (c - u)` of the unconditional `u` and the conditional `c`.
///
/// Source: Ho and Salimans 2022, "Classifier-free diffusion guidance", equation 6 with `s = 1 + w`.
public struct Guidance: Sendable {
    /// Guidance scale `s`; 1 leaves `c` unchanged.
    public let strength: Float
    /// CFG rescale φ in [0, 1], towards the standard deviation of `c` (0 off, 1 full): Lin and others 2023, section
    /// 3.4.
    public let rescale: Float

    public init(strength: Float, rescale: Float = 0) {
        (self.strength, self.rescale) = (strength, rescale)
    }

    /// The guided prediction.
    /// - Parameter both: `[2 * batch, …]`, the unconditional predictions before the conditional ones.
    /// - Returns: `[batch, …]`.
    public func combined(_ both: NDArray) -> NDArray {
        precondition(
            both.rank > 0 && both.shape[0] % 2 == 0, "guidance: \(both.shape) is no [2 * batch, …]")
        let batch = both.shape[0] / 2
        let (unconditional, conditional) = (both.leading(0..<batch), both.leading(batch..<2 * batch))
        let guided = unconditional + (conditional - unconditional) * strength
        return rescale > 0 ? guided.rescaled(toDeviationOf: conditional, share: rescale) : guided
    }
}
