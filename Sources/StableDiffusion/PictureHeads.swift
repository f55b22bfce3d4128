// What linear heads read off the vision encoder of a joint multi-view prior.

import Arrays
import Autograd
import CLIP
import Checkpoints
import Foundation
import Layers

/// Reads the camera's elevation off the class token.
struct ElevationHead: Sendable {
    let weight: [Float]
    let bias: Float

    /// Nil if there is no such file.
    init?(path: String, width: Int) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let weights = try WeightScope.open(folder: path)
        weight = try weights.tensor("weight", [1, width]).scalars
        bias = try weights.tensor("bias", [1]).scalar
        try weights.finish()
    }

    /// Degrees above the horizon, for tokens `[1, tokens, width]`.
    func callAsFunction(_ tokens: NDArray) -> Float {
        30 * (zip(weight, tokens.scalars).reduce(0) { $0 + $1.0 * $1.1 } + bias)
    }
}

/// Turns each patch token into its patch of every view: what the views look like before anything is denoised.
struct FirstGuessHead: Sendable {
    private let linear: Linear
    private let views: Int
    /// Tokens along one side of the picture, and pixels of a view along one side of a token.
    private let grid: Int
    private let patch: Int

    /// - Throws: `CheckpointError` when the file is missing or damaged, or tokens do not tile a view.
    init(path: String, layout: MultiViewLayout, vision: CLIPVisionConfiguration) throws {
        grid = vision.imageSize / vision.patchSize
        guard layout.viewSize % grid == 0 else {
            throw CheckpointError(
                path: path, reason: "\(grid) tokens a side do not tile a view of \(layout.viewSize) pixels")
        }
        patch = layout.viewSize / grid
        views = layout.viewCount
        let weights = try WeightScope.open(folder: path)
        linear = try Linear(
            weights: weights, in: vision.hiddenSize, out: views * layout.channels * patch * patch)
        try weights.finish()
    }

    /// Tokens `[1, 1 + grid · grid, width]`, the class token first, to views `[views, side, side, 4]` in [-1, 1].
    func callAsFunction(_ tokens: Tensor) -> Tensor {
        let patches = linear(tokens.sliced(axis: 1, 1..<tokens.shape[1]))
        return patches.reshaped([1, grid, grid, patches.shape[2]]).unstackedViews(views).pixels(patch)
            .clamped(-1...1)
    }
}
