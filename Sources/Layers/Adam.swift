// The optimiser of flat parameter vectors.
public import Arrays

/// Adam (Kingma and Ba 2015).
public struct Adam: Sendable {
    public var rate: Float
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float
    /// Steps taken.
    public private(set) var step = 0
    private var m: NDArray?
    private var v: NDArray?

    public init(rate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        (self.rate, self.beta1, self.beta2, self.epsilon) = (rate, beta1, beta2, epsilon)
    }

    /// Takes one step of `parameters` against `gradient`; their common shape must not change between steps.
    public mutating func update(_ parameters: inout NDArray, gradient: NDArray) {
        var first = m ?? NDArray.zeros(parameters.shape), second = v ?? NDArray.zeros(parameters.shape)
        // The moments are moved out of the optimiser meanwhile, so that they are updated in place.
        (m, v) = (nil, nil)
        step += 1
        parameters.take(
            AdamStep(step, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon), gradient: gradient,
            &first, &second)
        (m, v) = (first, second)
    }
}
