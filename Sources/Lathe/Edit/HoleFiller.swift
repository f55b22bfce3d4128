// The interface of models that fill holes.

package import Compositing
package import Images

/// A crop with a hole, as input of a model.
package struct HoleRequest {
    /// The crop; further inputs of the picture's size, such as control pictures, are cropped by it.
    package var plan: CropPlan
    /// Opaque RGB of the planned size.
    package let shown: Image
    /// Binary, of the same size.
    package let hole: Mask
    /// What the hole shall show; may be empty.
    package var prompt: String
    /// Seed of this request.
    package var seed: UInt64
    /// Share of the noise schedule that the hole's content goes through, above 0 up to 1.
    package var strength: Double

    /// Crops a picture.
    /// - Parameters:
    ///   - picture: any channels.
    ///   - hole: of its size.
    ///   - plan: the crop.
    ///   - bridged: whether the hole's content is replaced by a harmonic interpolation before resampling.
    ///   - prompt: what the hole shall show.
    ///   - seed: of this request.
    ///   - strength: see the property.
    package init(
        _ picture: Image, hole: Mask, plan: CropPlan, bridged: Bool, prompt: String, seed: UInt64,
        strength: Double
    ) {
        (self.plan, self.prompt, self.seed, self.strength) = (plan, prompt, seed, strength)
        shown = plan.shown(picture, bridging: bridged ? hole : nil)
        self.hole = plan.shown(hole)
    }
}

/// A model that fills holes of crops of the size that it needs.
package protocol HoleFiller {
    /// Sizes and context for the crop planner.
    var needs: CropPlan.Needs { get }

    /// Fills a hole.
    /// - Parameters:
    ///   - request: the crop with the hole.
    ///   - progress: called after every step; what it throws ends the work.
    /// - Returns: a picture of the crop's size; only its hole is used.
    func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image
}

/// Progress of a filler.
package struct FillStep {
    /// Finished steps.
    package var step: Int
    /// All steps.
    package var total: Int
    /// Renders the unfinished picture.
    var preview: (() -> Image)?
    /// Remarks for the user, such as words of a prompt that exceed the model's context.
    var notes: [String] = []

    /// See the properties.
    package init(_ step: Int, of total: Int, preview: (() -> Image)? = nil, notes: [String] = []) {
        (self.step, self.total, self.preview, self.notes) = (step, total, preview, notes)
    }
}

/// Called after every step of a filler; what it throws ends the work.
package typealias FillProgress = (FillStep) throws -> Void
