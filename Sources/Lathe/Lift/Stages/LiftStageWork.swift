// What a lift needs of each of its stages.

/// One stage of a lift: what it costs, what it does piece by piece, and what it keeps when the run is stopped.
///
/// `Lift.stages` lists the stages in order; a stage finds the results of earlier ones in the `LiftRun`.
protocol LiftStageWork {
    var stage: LiftStage { get }

    /// Estimated seconds for the whole stage.
    func seconds(_ estimate: LiftEstimate) -> Double

    /// What is done, in figures, for a plan.
    func work(_ estimate: LiftEstimate) -> String

    /// Does the next piece of work. With the last one, the stage records what it has written (`LiftRun.finish`).
    mutating func advance(_ run: LiftRun) throws -> LiftPiece

    /// Writes what a stopped run goes on from.
    func keep(_ run: LiftRun) throws
}

extension LiftStageWork {
    func keep(_ run: LiftRun) throws { try run.saveCheckpoint() }
}

/// A finished piece of a stage.
struct LiftPiece {
    /// Pieces done, 0 … `total`.
    var step = 1
    var total = 1
    /// Whether the stage is complete.
    var isLast = true
    /// Estimated seconds to the end of the stage; nil while too little is known.
    var secondsLeft: Double? = 0
    /// A figure that tells how well it goes, with its name.
    var score: LiftState.Score?
    /// A remark for the user.
    var note: String?
}
