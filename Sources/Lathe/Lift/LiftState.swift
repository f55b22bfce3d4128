// What a caller sees of a lift while it runs.

/// The stages of a lift, in order.
public enum LiftStage: String, Codable, Sendable, CaseIterable {
    case select, caption, lift, film, mesh, report

    /// What the stage does, for a progress line.
    public var label: String {
        switch self {
        case .select: "finding the object"
        case .caption: "describing it"
        case .lift: "lifting it into 3D"
        case .film: "filming the turn"
        case .mesh: "extracting the mesh"
        case .report: "writing the report"
        }
    }
}

/// One step of a lift, as its caller sees it.
public struct LiftState: Sendable {
    public var stage: LiftStage
    /// Steps of this stage that are done, 0 … `total`.
    public var step: Int
    public var total: Int
    /// Estimated seconds to the end of the whole run; nil while too little is known.
    public var secondsLeft: Double?
    /// A figure that tells how well it goes, with its name and unit, for example `("front PSNR", 27.1)`.
    public var score: (name: String, value: Double)?
    /// Something the user should know, for example what the watchdog saw and did.
    public var note: String?

    public init(
        stage: LiftStage, step: Int, total: Int, secondsLeft: Double? = nil,
        score: (name: String, value: Double)? = nil, note: String? = nil
    ) {
        self.stage = stage
        self.step = step
        self.total = total
        self.secondsLeft = secondsLeft
        self.score = score
        self.note = note
    }
}
