// Default settings that depend on a diffusion model's native size.

/// Defaults by native size.
///
/// Below 256 px: guidance 4, best of 8, no detail pass, the photograph's own ground. From 256 px: guidance
/// 7.5, one attempt, detail pass of strength 0.35, the model's ground.
struct DiffusionDefaults {
    /// s of `u + s (c - u)`.
    let guidance: Float
    /// Attempts per hole, ranked by the captioner.
    let attempts: Int
    /// Strength of the detail pass at the picture's own resolution.
    let detail: Double
    /// Source of the ground round a filled object.
    let ground: FillGround

    /// - Parameter side: side of the squares that the model was trained on, in pixels.
    init(side: Int) {
        (guidance, attempts, detail, ground) = side < 256 ? (4, 8, 0, .kept) : (7.5, 1, 0.35, .drawn)
    }

    /// The number of attempts, and a note if it is below the default.
    /// - Parameters:
    ///   - asked: the user's choice, if any.
    ///   - models: with a captioner, which ranking needs.
    /// - Returns: the number, and a note for the user.
    func attempts(asked: Int?, models: ModelSet) -> (count: Int, note: String?) {
        if let asked { return (asked, nil) }
        guard attempts > 1, !models.has(.captioner) else { return (attempts, nil) }
        return (1, "there is no captioner to choose among several tries: the first is kept")
    }

    /// The source of the ground, and a note if it is not the default.
    /// - Parameters:
    ///   - asked: the user's choice, if any.
    ///   - models: with an inpainter and a segmenter, which keeping the ground needs.
    /// - Returns: the source, and a note for the user.
    func ground(asked: FillGround?, models: ModelSet) -> (FillGround, note: String?) {
        if let asked { return (asked, nil) }
        guard ground == .kept, !(models.has(.inpainter) && models.has(.segmenter)) else {
            return (ground, nil)
        }
        return (.drawn, "there is no inpainter and segmenter to keep the ground: it is the diffusion model's")
    }
}
