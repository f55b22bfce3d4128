// What makes up the inside of a hole.

package import Compositing
package import Images

/// A hole of a picture as a model is shown it.
package struct HoleRequest {
    /// Where the hole lies in the picture: whatever else a model is shown of pictures of that size is cut like this.
    package var plan: CropPlan
    /// Opaque RGB of the planned size.
    package let shown: Image
    /// Hard, of the same size.
    package let hole: Mask
    package var prompt: String
    package var seed: UInt64
    /// How much of what is in the hole is forgotten, above 0 up to 1.
    package var strength: Double

    /// A hole of a whole picture.
    /// - Parameter bridged: whether what lies in the hole is replaced by a smooth continuation before it is scaled.
    package init(
        _ picture: Image, hole: Mask, plan: CropPlan, bridged: Bool, prompt: String, seed: UInt64,
        strength: Double
    ) {
        (self.plan, self.prompt, self.seed, self.strength) = (plan, prompt, seed, strength)
        shown = plan.shown(picture, bridging: bridged ? hole : nil)
        self.hole = plan.shown(hole)
    }
}

/// A model that fills holes of pictures of the size that it asks for.
package protocol HoleFiller {
    /// What the crop planner should give it.
    var needs: CropPlan.Needs { get }

    /// Fills a hole.
    /// - Parameter progress: called after every step; what it throws ends the work.
    /// - Returns: a whole picture of the size of what is shown.
    func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image
}

/// How far a filler is.
package struct FillStep {
    /// Steps done and of all.
    package var step: Int
    package var total: Int
    /// A look at the unfinished picture.
    var preview: (() -> Image)?
    /// What the user should know, such as words of a prompt that the model cannot see.
    var notes: [String] = []

    package init(_ step: Int, of total: Int, preview: (() -> Image)? = nil, notes: [String] = []) {
        (self.step, self.total, self.preview, self.notes) = (step, total, preview, notes)
    }
}

package typealias FillProgress = (FillStep) throws -> Void
