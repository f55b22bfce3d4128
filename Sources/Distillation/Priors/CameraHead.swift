// // Linear heads on the vision encoder's class token that estimate the camera of the picture.

import Arrays
import Autograd
import CLIP
import Checkpoints
import Foundation

/// Estimates a few numbers about the picture's camera from the class token.
struct CameraHead: Sendable {
    private let weight: [Float]
    private let bias: [Float]

    /// Reads the weights; nil if there is no such file.
    /// - Throws: `CheckpointError` when the file is damaged or made for other sizes.
    init?(path: String, width: Int, numbers: Int) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let weights = try WeightScope.open(folder: path)
        weight = try weights.tensor("weight", [numbers, width]).scalars
        bias = try weights.tensor("bias", [numbers]).scalars
        try weights.finish()
    }

    /// The numbers, from tokens `[1, tokens, width]`.
    func callAsFunction(_ tokens: NDArray) -> [Float] {
        let width = tokens.shape[2]
        let summary = tokens.scalars.prefix(width)
        return bias.enumerated().map { row, bias in
            zip(weight[row * width..<(row + 1) * width], summary).reduce(bias) { $0 + $1.0 * $1.1 }
        }
    }
}
