// Weights of a size that nobody has at hand: drawn, for timing and for trying out.

import Arrays

/// Answers every request of a model with random numbers of the size that trained ones have.
struct RandomWeights: Sendable {
    let seed: UInt64

    /// A tensor whose values depend on its name, its shape and the seed alone.
    ///
    /// Matrices and kernels keep the variance of what they are applied to (LeCun et al. 1998, "Efficient BackProp", section 4.6),
    /// so that activations neither vanish nor overflow over many layers. Of vectors, biases and running means are 0,
    /// scales and variances 1.
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
    /// Weights that have every tensor a model asks for, of any name and shape.
    ///
    /// Models that look for a tensor's name to tell layouts apart find none. `finish()` has nothing to say.
    public static func random(seed: UInt64) -> WeightScope {
        WeightScope(path: "", store: WeightStore(RandomWeights(seed: seed)))
    }
}
