// Random weights of any architecture, for timing and experiments.

import Arrays

/// Returns random numbers of typical magnitude for every tensor that a model requests.
struct RandomWeights: Sendable {
    let seed: UInt64

    /// A tensor whose values depend only on its name, its shape and the seed.
    ///
    /// Matrices and kernels preserve the variance of their input (LeCun et al. 1998, "Efficient BackProp", section
    /// 4.6), so that activations neither vanish nor overflow over many layers. Of vectors, biases and running means
    /// are 0, scales and variances 1.
    func tensor(_ name: String, _ shape: [Int]) -> NDArray {
        guard shape.count > 1 else {
            let isShift = ["bias", "running_mean", "beta"].contains { name.hasSuffix($0) }
            return .full(isShift ? 0 : 1, shape)
        }
        var random = RandomStream(seed: seed, stream: name)
        let fanIn = max(1, shape.dropFirst().reduce(1, *))
        let reach = (3 / Float(fanIn)).squareRoot()
        var drawn = random.uniform(shape)
        drawn.withUnsafeMutableBuffer { values in
            for i in values.indices { values[i] = (2 * values[i] - 1) * reach }
        }
        return drawn
    }
}

extension WeightScope {
    /// Weights that contain every tensor that a model requests, of any name and shape.
    ///
    /// Models that test for a tensor's presence to distinguish layouts find none. `finish()` never throws.
    public static func random(seed: UInt64) -> WeightScope {
        WeightScope(path: "", store: WeightStore(RandomWeights(seed: seed)))
    }
}
