// What makes up the inside of a hole.

import Editing
import Images

/// A hole of a picture as a model is shown it.
struct HoleRequest {
    /// Where the hole lies in the picture: whatever else a model is shown of pictures of that size is cut like this.
    let plan: CropPlan
    /// Opaque RGB of the planned size.
    let shown: Image
    /// Hard, of the same size.
    let hole: Mask
    var prompt: String
    var seed: UInt64
    /// How much of what is in the hole is forgotten, above 0 up to 1.
    var strength: Double

    /// A hole of a whole picture.
    /// - Parameter bridged: whether what lies in the hole is replaced by a smooth continuation before it is scaled.
    init(
        _ picture: Image, hole: Mask, plan: CropPlan, bridged: Bool, prompt: String, seed: UInt64,
        strength: Double
    ) {
        (self.plan, self.prompt, self.seed, self.strength) = (plan, prompt, seed, strength)
        shown = plan.shown(picture.seen, bridging: bridged ? hole : nil)
        self.hole = plan.shown(hole)
    }
}

/// A model that fills holes of pictures of the size that it asks for.
protocol HoleFiller {
    /// What the crop planner should give it.
    var needs: CropPlan.Needs { get }

    /// Fills a hole.
    /// - Parameter progress: called after every step with the number of steps done and of all, and at times with a picture
    ///   of how far it is; what it throws ends the work.
    /// - Returns: a whole picture of the size of what is shown.
    func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image
}

/// Steps done, steps in all, and perhaps a look at the unfinished picture.
typealias FillProgress = (_ step: Int, _ total: Int, _ preview: (() -> Image)?) throws -> Void
