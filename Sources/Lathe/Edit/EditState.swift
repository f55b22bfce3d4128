// What a caller sees of an edit while it runs.

/// The stages of an edit, in order; not every edit has all of them.
public enum EditStage: String, Codable, Sendable, CaseIterable {
    case select, caption, fill, detail, ground, check, write

    /// What the stage does, for a progress line.
    public var label: String {
        switch self {
        case .select: "finding the object"
        case .caption: "describing the picture"
        case .fill: "filling"
        case .detail: "adding detail"
        case .ground: "keeping the ground"
        case .check: "looking for what is left"
        case .write: "writing"
        }
    }
}

/// One step of an edit, as its caller sees it.
public struct EditState: Sendable {
    public var stage: EditStage
    /// Steps of this stage that are done, 0 … `total`.
    public var step: Int
    public var total: Int
    /// Estimated seconds to the end of the stage; nil while too little is known.
    public var secondsLeft: Double?
    /// Something the user should know.
    public var note: String?
}
