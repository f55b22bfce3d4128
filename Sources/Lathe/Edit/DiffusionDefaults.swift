// What a diffusion model is asked where the user leaves it open.

/// Settings that depend on the size that a model works at.
///
/// A model of less than 256 pixels is a small one: strong guidance makes it glaring, it draws nothing finer than it was shown,
/// and it misses often but is quick to ask again.
struct DiffusionDefaults {
    /// s of `u + s (c - u)`.
    let guidance: Float
    /// How many times each hole is filled for the captioner to choose.
    let attempts: Int
    /// Strength of the second pass at the picture's own resolution.
    let detail: Double
    /// What a filled thing stands on.
    let ground: FillGround

    /// - Parameter side: of the squares that the model was trained on, in pixels.
    init(side: Int) {
        (guidance, attempts, detail, ground) = side < 256 ? (4, 8, 0, .kept) : (7.5, 1, 0.35, .drawn)
    }

    /// How many times something is made, and what the user should know of it.
    /// - Parameters:
    ///   - asked: what the user says, if anything.
    ///   - models: without a captioner nothing can choose among several.
    func attempts(asked: Int?, models: ModelSet) -> (count: Int, note: String?) {
        if let asked { return (asked, nil) }
        guard attempts > 1, !models.has(.captioner) else { return (attempts, nil) }
        return (1, "there is no captioner to choose among several tries: the first is kept")
    }

    /// What a filled thing stands on, and what the user should know of it.
    /// - Parameters:
    ///   - asked: what the user says, if anything.
    ///   - models: without an inpainter and a segmenter no ground can be kept.
    func ground(asked: FillGround?, models: ModelSet) -> (FillGround, note: String?) {
        if let asked { return (asked, nil) }
        guard ground == .kept, !(models.has(.inpainter) && models.has(.segmenter)) else {
            return (ground, nil)
        }
        return (.drawn, "there is no inpainter and segmenter to keep the ground: it is the diffusion model's")
    }
}
