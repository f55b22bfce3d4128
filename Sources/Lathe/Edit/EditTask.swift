// What an edit does, and with which kind of model.

/// What is done with an object of a picture, or round the picture.
public enum EditTask: String, Codable, Sendable, CaseIterable {
    /// The object goes, and what may lie behind it appears.
    case remove
    /// What the prompt says takes the object's place.
    case fill
    /// The object stays, and everything else becomes what the prompt says.
    case replace
    /// The picture grows at its edges.
    case outpaint
}

/// Which model fills a hole.
public enum EditMethod: String, Codable, Sendable, CaseIterable {
    case lama, diffusion
}
