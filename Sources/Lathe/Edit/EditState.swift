// Progress of an edit.

/// The stages of an edit, in order; not every edit has all of them.
public enum EditStage: String, Codable, Sendable, CaseIterable {
    /// Finds the objects.
    case select
    /// Captions the picture where no prompt was given.
    case caption
    /// Fills the hole.
    case fill
    /// Adds detail at the picture's own resolution.
    case detail
    /// Composites the filled object over the photograph's own ground.
    case ground
    /// Selects again where the objects were.
    case check
    /// Writes the results.
    case write

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
