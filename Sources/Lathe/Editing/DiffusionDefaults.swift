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

    /// - Parameter side: of the squares that the model was trained on, in pixels.
    init(side: Int) {
        (guidance, attempts, detail) = side < 256 ? (4, 4, 0) : (7.5, 1, 0.35)
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
}
