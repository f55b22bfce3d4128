// What a filled thing stands on.

/// What a filled thing stands on and before, inside the hole.
public enum FillGround: String, Codable, Sendable, CaseIterable {
    /// The photograph's own, continued by LaMa where the old thing was.
    case kept
    /// The diffusion model's.
    case drawn
}
