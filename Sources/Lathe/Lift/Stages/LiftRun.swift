// What the stages of one lift share: the request, the run directory and record, and the results so far.

import Compositing
import Foundation
import Images

/// The state of a lift between its stages.
final class LiftRun {
    let options: LiftOptions
    let session: ModelSession
    /// Folders in which `ffmpeg` is looked for.
    let searchPath: [String]
    let directory: RunDirectory
    var record: RunRecord
    var metrics = MetricsLog()

    /// The right to write in the directory; nil until it is made.
    var lock: RunLock?

    /// The picture given in memory; nil reads the file that the options name.
    var picture: Image?
    /// What the selection found; nil before it, and in a resumed run.
    var selected: Selected?
    /// The field; nil until the prior is loaded and the run directory is made.
    var field: FieldLift?

    private(set) var lastCheckpoint = Date.now
    private var stageStart = Date.now

    /// The object of the photograph.
    struct Selected {
        let photograph: Image
        let found: FoundMask
        let cutout: Cutout
    }

    /// - Parameter session: Opened for `options.models`; nil opens the models for this run alone.
    init(
        _ options: LiftOptions, session: ModelSession?, searchPath: [String], directory: RunDirectory,
        record: RunRecord
    ) {
        self.options = options
        self.session = session ?? ModelSession(options.models)
        self.searchPath = searchPath
        self.directory = directory
        self.record = record
    }

    /// Records that a stage is complete.
    /// - Parameter outputs: What it has written, relative to the run directory.
    func finish(_ stage: LiftStage, outputs: [String]) {
        let seconds = Date.now.timeIntervalSince(stageStart)
        record.stages.append(RunRecord.Stage(name: stage.rawValue, seconds: seconds, outputs: outputs))
        stageStart = .now
    }

    /// Writes field, metrics and record.
    func saveCheckpoint() throws {
        try field?.save(to: directory.field)
        try metrics.save(to: directory.metrics)
        try record.save(inRun: directory.path)
        lastCheckpoint = .now
    }

    /// The field of a stage that comes after distillation.
    /// - Precondition: distillation has begun.
    var distilled: FieldLift {
        guard let field else { preconditionFailure("LiftRun: a stage asks for the field before it exists") }
        return field
    }
}
