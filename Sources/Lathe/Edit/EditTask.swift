// The kinds of edits and of models for them.

/// What an edit does with the selected objects, or at the edges of the picture.
public enum EditTask: String, Codable, Sendable, CaseIterable {
    /// Removes the object and inpaints the background.
    case remove
    /// Replaces the object by what the prompt describes.
    case fill
    /// Keeps the object and replaces everything else by what the prompt describes.
    case replace
    /// Extends the picture at its edges.
    case outpaint
}

/// The kind of model that fills holes.
public enum EditMethod: String, Codable, Sendable, CaseIterable {
    /// LaMa: continues the surroundings, without a prompt.
    case lama
    /// A text-conditioned diffusion model.
    case diffusion
}
