// What makes up the inside of a hole.

import Editing
import Images

/// A model that fills holes of pictures of the size that it asks for.
protocol HoleFiller {
    /// What the crop planner should give it.
    var needs: CropPlan.Needs { get }

    /// Fills a hole.
    /// - Parameters:
    ///   - shown: opaque RGB of the planned size.
    ///   - hole: hard, of the same size.
    ///   - progress: called after every step with the number of steps done and of all, and at times with a picture of
    ///     how far it is; what it throws ends the work.
    /// - Returns: a whole picture of the same size.
    func fill(
        _ shown: Image, hole: Mask, prompt: String, seed: UInt64, strength: Double, progress: FillProgress
    ) throws -> Image
}

/// Steps done, steps in all, and perhaps a look at the unfinished picture.
typealias FillProgress = (_ step: Int, _ total: Int, _ preview: (() -> Image)?) throws -> Void
