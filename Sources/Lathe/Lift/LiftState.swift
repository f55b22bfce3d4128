// Progress of a lift.

/// The stages of a lift, in order.
public enum LiftStage: String, Codable, Sendable, CaseIterable {
    /// Finds the object and cuts it out.
    case select
    /// Captions the cut-out where no prompt was given.
    case caption
    /// Distils the field.
    case lift
    /// Renders and writes the turntable.
    case film
    /// Extracts and writes the mesh.
    case mesh
    /// Writes record and report.
    case report

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

/// Progress of a lift after one step.
public struct LiftState: Codable, Sendable, Hashable {
    /// A figure with its name.
    public struct Score: Codable, Sendable, Hashable {
        /// Name of the score, for example "front PSNR".
        public var name: String
        /// In dB for PSNR, 0 … 1 for overlaps.
        public var value: Double

        /// See the properties.
        public init(name: String, value: Double) { (self.name, self.value) = (name, value) }
    }

    /// The current stage.
    public var stage: LiftStage
    /// Finished steps of this stage, 0 … `total`.
    public var step: Int
    /// Steps of this stage.
    public var total: Int
    /// Estimated seconds to the end of the run; nil if unknown.
    public var secondsLeft: Double?
    /// The current quality, for example front PSNR 27.1; nil if unknown.
    public var score: Score?
    /// A remark for the user, for example an intervention of the watchdog.
    public var note: String?

    /// See the properties.
    public init(
        stage: LiftStage, step: Int, total: Int, secondsLeft: Double? = nil,
        score: Score? = nil, note: String? = nil
    ) {
        self.stage = stage
        self.step = step
        self.total = total
        self.secondsLeft = secondsLeft
        self.score = score
        self.note = note
    }
}
