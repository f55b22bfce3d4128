// What makes up the inside of a hole.

package import Editing
package import Images

/// A model that fills holes of pictures of the size that it asks for.
package protocol HoleFiller {
    /// What the crop planner should give it.
    var needs: CropPlan.Needs { get }

    /// Fills a hole.
    /// - Parameters:
    ///   - shown: opaque RGB of the planned size.
    ///   - hole: hard, of the same size.
    ///   - progress: called after every step; what it throws ends the work.
    /// - Returns: a whole picture of the same size.
    func fill(
        _ shown: Image, hole: Mask, prompt: String, seed: UInt64, strength: Double, progress: FillProgress
    ) throws -> Image
}

/// How far a filler is.
package struct FillStep {
    /// Steps done and of all.
    var step: Int
    var total: Int
    /// A look at the unfinished picture.
    var preview: (() -> Image)?
    /// What the user should know, such as words of a prompt that the model cannot see.
    var notes: [String] = []

    package init(_ step: Int, of total: Int, preview: (() -> Image)? = nil, notes: [String] = []) {
        (self.step, self.total, self.preview, self.notes) = (step, total, preview, notes)
    }
}

package typealias FillProgress = (FillStep) throws -> Void
