// Progress of an edit.

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

/// Progress of an edit after one step.
public struct EditState: Sendable {
    /// The current stage.
    public var stage: EditStage
    /// Finished steps of this stage, 0 … `total`.
    public var step: Int
    /// Steps of this stage.
    public var total: Int
    /// Estimated seconds to the end of the stage; nil if unknown.
    public var secondsLeft: Double?
    /// A remark for the user.
    public var note: String?
}
