// Random Fourier features of coordinates, shared by the image grid and the prompts.

import Arrays
import Checkpoints
import Foundation

/// Sine and cosine of 2π (2 c − 1) G for coordinates c in [0, 1]².
///
/// Source: Tancik and others 2020; transformers `SamPositionalEmbedding`.
struct CoordinateEncoding: Sendable {
    /// Frequencies of x and of y, `[2, features]`.
    private let frequencies: [Float]
    private let features: Int

    init(features: Int, from weights: WeightScope) throws {
        self.features = features
        frequencies = try weights.tensor("positional_embedding", [2, features]).scalars
    }

    /// The encoding of a point, sines before cosines, `2 * features` numbers.
    /// - Parameters:
    ///   - x: from 0 at the left border to 1 at the right.
    ///   - y: from 0 at the top to 1 at the bottom.
    func callAsFunction(x: Float, y: Float) -> [Float] {
        let turn = 2 * Double.pi
        let (cx, cy) = (2 * x - 1, 2 * y - 1)
        var result = [Float](repeating: 0, count: 2 * features)
        for i in 0..<features {
            // The angle is rounded to Float as in the reference; sine and cosine are computed in double precision.
            let angle = Double(Float(turn) * (cx * frequencies[i] + cy * frequencies[features + i]))
            result[i] = Float(sin(angle))
            result[features + i] = Float(cos(angle))
        }
        return result
    }

    /// Encodings of the centres of a square grid, `[side * side, 2 * features]`.
    func grid(_ side: Int) -> NDArray {
        var scalars: [Float] = []
        scalars.reserveCapacity(side * side * 2 * features)
        for row in 0..<side {
            for column in 0..<side {
                scalars += self(
                    x: (Float(column) + 0.5) / Float(side), y: (Float(row) + 0.5) / Float(side))
            }
        }
        return NDArray(scalars, shape: [side * side, 2 * features])
    }
}
