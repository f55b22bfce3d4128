// Source of the ground round a filled object.

/// Source of the ground round a filled object, inside the hole.
public enum FillGround: String, Codable, Sendable, CaseIterable {
    /// The photograph's, inpainted by LaMa where the old object was.
    case kept
    /// The diffusion model's.
    case drawn
}
