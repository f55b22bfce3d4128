// What linear heads read off the vision encoder of a joint multi-view prior.

import Arrays
import Autograd
import CLIP
import Checkpoints
import Foundation
import Layers

/// Reads a few numbers about the picture's camera off the class token.
struct CameraHead: Sendable {
    private let weight: [Float]
    private let bias: [Float]

    /// Nil if there is no such file.
    /// - Throws: `CheckpointError` when the file is damaged or made for other sizes.
    init?(path: String, width: Int, numbers: Int) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let weights = try WeightScope.open(folder: path)
        weight = try weights.tensor("weight", [numbers, width]).scalars
        bias = try weights.tensor("bias", [numbers]).scalars
        try weights.finish()
    }

    /// The numbers, for tokens `[1, tokens, width]`.
    func callAsFunction(_ tokens: NDArray) -> [Float] {
        let width = tokens.shape[2]
        let summary = tokens.scalars.prefix(width)
        return bias.enumerated().map { row, bias in
            zip(weight[row * width..<(row + 1) * width], summary).reduce(bias) { $0 + $1.0 * $1.1 }
        }
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
            from: weights, in: vision.hiddenSize, out: views * layout.channels * patch * patch)
        try weights.finish()
    }

    /// Tokens `[1, 1 + grid · grid, width]`, the class token first, to views `[views, side, side, 4]` in [-1, 1].
    func callAsFunction(_ tokens: Tensor) -> Tensor {
        let patches = linear(tokens.sliced(axis: 1, 1..<tokens.shape[1]))
        return patches.reshaped([1, grid, grid, patches.shape[2]]).unstackedViews(views).pixels(patch)
            .clamped(-1...1)
    }
}
