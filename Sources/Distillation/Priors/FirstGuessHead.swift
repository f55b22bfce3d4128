// The linear head that estimates all views from the vision encoder's tokens, before denoising.

import Autograd
import CLIP
import Checkpoints
import Layers

/// Maps each patch token to its patch of every view.
struct FirstGuessHead: Sendable {
    private let linear: Linear
    private let views: Int
    /// Tokens along one side of the picture, and pixels of a view along one side of a token.
    private let grid: Int
    private let patch: Int

    /// Reads the weights.
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

    /// Views `[views, side, side, 4]` in [-1, 1].
    /// - Parameter tokens: `[1, 1 + grid · grid, width]`, the class token first.
    func callAsFunction(_ tokens: Tensor) -> Tensor {
        let patches = linear(tokens.sliced(axis: 1, 1..<tokens.shape[1]))
        return patches.reshaped([1, grid, grid, patches.shape[2]]).unstackedViews(views).pixels(patch)
            .clamped(-1...1)
    }
}
