// Embeddings of timesteps and other small conditions.

import Arrays
import Autograd
import Checkpoints
import Foundation
import Layers

/// Sines and cosines of a timestep at geometrically spaced frequencies.
///
/// Feature `i` of `width / 2`: frequency `exp(-ln(10000) i / (width / 2 - shift))`. Computed in float32 in the
/// reference's order of operations, because at timestep 999 the rounding of the angle affects the fifth digit.
/// Source: diffusers `get_timestep_embedding`; Vaswani et al. 2017, section 3.5.
struct Sinusoids: Sendable {
    let width: Int
    let cosineFirst: Bool
    let shift: Double

    /// Embeds `values`, one per batch entry: `[batch, width]`.
    func callAsFunction(_ values: [Float]) -> NDArray {
        let half = width / 2
        let step = Float(Double(half) - shift)
        let frequencies = (0..<half).map {
            Foundation.exp(Float(-Foundation.log(10000.0)) * Float($0) / step)
        }
        return NDArray(shape: [values.count, width]) { out in
            out.initialize(repeating: 0)
            for (row, value) in values.enumerated() {
                for (index, frequency) in frequencies.enumerated() {
                    let angle = value * frequency
                    let place = row * width + index
                    out[place] = cosineFirst ? Foundation.cos(angle) : Foundation.sin(angle)
                    out[place + half] = cosineFirst ? Foundation.sin(angle) : Foundation.cos(angle)
                }
            }
        }
    }
}

/// Two linear layers with an activation in between: diffusers' `TimestepEmbedding`.
struct EmbeddingPerceptron: Sendable {
    let first: Linear
    let second: Linear
    let activation: Activation

    init(from weights: WeightScope, in width: Int, out: Int, activation: Activation) throws {
        first = try Linear(from: weights.scope("linear_1"), in: width, out: out)
        second = try Linear(from: weights.scope("linear_2"), in: out, out: out)
        self.activation = activation
    }

    func callAsFunction(_ x: Tensor) -> Tensor { second(activation(first(x))) }
}
