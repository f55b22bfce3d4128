// One photograph into 3D, as a run that its caller steps through, stops and resumes.

import Foundation
import Images

/// A lift: finds the object, describes it, grows a field that looks like it, films it and extracts its mesh.
///
/// Call `next()` until it gives nil. Between calls the run may be stopped with `stop()`; `init(resuming:)` goes on
/// from there to the same bytes that an undisturbed run would have written.
public final class Lift {
    private let run: LiftRun
    private var stages: [any LiftStageWork]
    private let estimate: LiftEstimate

    /// The stages of a fresh run, in order.
    static var stages: [any LiftStageWork] {
        [SelectStage(), CaptionStage(), DistilStage(), FilmStage(), MeshStage(), ReportStage()]
    }

    /// Prepares a fresh run; nothing is written yet.
    /// - Parameters:
    ///   - options: What is lifted, and how.
    ///   - session: Opened for `options.models`; nil opens the models for this lift alone.
    ///   - searchPath: Folders in which `ffmpeg` is looked for.
    /// - Throws: `LatheError` for options, files and models that cannot be used.
    public convenience init(
        _ options: LiftOptions, session: ModelSession? = nil, searchPath: [String] = []
    ) throws {
        try self.init(options, picture: nil, session: session, searchPath: searchPath)
    }

    /// - Parameter picture: RGB or RGBA; nil reads the file that the options name.
    init(
        _ options: LiftOptions, picture: Image?, session: ModelSession?, searchPath: [String]
    ) throws {
        estimate = try LiftEstimate(validating: options)
        let directory = RunDirectory(path: options.output)
        let start = try LiftStart(options, picture: picture)
        guard start.action == .begin else {
            throw LatheError.badInput(
                "\(options.output) holds an unfinished run of this picture; go on with: \(resuming: options.output),"
                    + " or choose another folder with \(.output)")
        }
        let record = RunRecord(
            command: "lift", options: options,
            input: RunRecord.Input(
                path: options.picture, sha256: start.digest,
                width: start.photograph.width, height: start.photograph.height),
            machine: .current, seed: options.seed)
        run = LiftRun(
            options, session: session, searchPath: searchPath, directory: directory, record: record)
        run.picture = picture
        stages = Lift.stages
    }

    /// Whether a lift with these options goes on with an unfinished run in its folder.
    /// - Parameter resumes: whether that is asked for; else a run begins where none is there to go on with.
    /// - Throws: `LatheError` (`badInput`) if the folder may not be used for it.
    public static func goesOn(_ options: LiftOptions, resumes: Bool) throws -> Bool {
        let digest = try Digest.sha256(ofFile: options.picture)
        return try RunFolder.decide(resumes ? .resume : .lift, options, digest: digest) != .begin
    }

    /// Goes on with a run that was stopped or killed, or makes again what is missing of a finished one.
    /// - Parameters:
    ///   - folder: The run directory.
    ///   - session: Opened for the models of the run; nil opens them for this lift alone.
    ///   - searchPath: Folders in which `ffmpeg` is looked for.
    /// - Throws: `LatheError` if the folder holds no run, or its input or models have changed.
    public init(resuming folder: String, session: ModelSession? = nil, searchPath: [String] = []) throws {
        let record = try RunRecord.load(fromRun: folder)
        var options = record.options
        options.output = folder
        let directory = RunDirectory(path: folder)
        let action = try RunFolder.decide(.resume, options, digest: nil)
        run = LiftRun(
            options, session: session, searchPath: searchPath, directory: directory, record: record)
        estimate = LiftEstimate(options: options, steps: 0)
        guard action != .show else {
            stages = []
            return
        }
        run.lock = try RunLock(folder)
        stages = Array(Lift.stages.drop { $0.stage != .lift })
        try LiftRecording.checkModels(record, options.models)
        let field = try FieldLift(
            resumingFrom: directory.field, caption: record.caption ?? "", options: options,
            session: run.session)
        run.field = field
        run.metrics = try MetricsLog.load(directory.metrics)
        run.metrics.truncate(after: field.step)
        run.record.status = .running
        // Remarks on steps that will be done again will be made again.
        run.record.notes = Array(record.notes.prefix(field.remarks))
        let later = Set(stages.map(\.stage.rawValue))
        run.record.stages.removeAll { later.contains($0.name) }
        try directory.clearResults()
    }

    /// The stages with their estimates, after the checks of options, picture, selection, folder and models that a
    /// lift makes before its work; no model is opened and nothing is written.
    /// - Throws: `LatheError` naming the first that cannot be used.
    public static func plan(_ options: LiftOptions) throws -> LiftPlan {
        let plan = try LiftPlan(of: options)
        try LiftStart(options).check(options)
        return plan
    }

    /// Whether nothing is left to do.
    public var isFinished: Bool { stages.isEmpty }

    /// Does the next piece of work; nil when the run is complete.
    /// - Throws: `LatheError`; what the run has written so far stays for ``init(resuming:session:searchPath:)``.
    public func next() throws -> LiftState? {
        guard let stage = stages.first?.stage else { return nil }
        do {
            let piece = try stages[0].advance(run)
            if piece.isLast { stages.removeFirst() }
            if stages.isEmpty { run.lock = nil }
            return state(stage, piece)
        } catch {
            let error = LatheError(wrapping: error)
            guard run.field != nil, error.code == .badInput else { throw error }
            throw LatheError(
                error.code, "\(error.reason); then go on with: \(resuming: run.directory.path)")
        }
    }

    /// Saves the work of an unfinished run.
    /// - Returns: The run directory; nil if nothing was worth keeping yet.
    /// - Throws: `LatheError` if it cannot be written.
    public func stop() throws -> String? {
        guard let stage = stages.first else { return run.directory.path }
        guard run.field != nil else { return nil }
        try stage.keep(run)
        run.record.status = .interrupted
        try run.record.save(inRun: run.directory.path)
        run.lock = nil
        return run.directory.path
    }

    /// Where everything is, and how good it is.
    /// - Throws: `LatheError` (`badInput`) if the run is not complete.
    public func result() throws -> LiftResult {
        guard isFinished else {
            throw LatheError.badInput("the run in \(run.directory.path) is not complete")
        }
        return LiftResult(record: run.record, directory: run.directory)
    }

    /// A piece with the estimated time to the end of the run.
    private func state(_ stage: LiftStage, _ piece: LiftPiece) -> LiftState {
        let later = stages.filter { $0.stage != stage }.reduce(0) { $0 + $1.seconds(estimate) }
        return LiftState(
            stage: stage, step: piece.step, total: piece.total,
            secondsLeft: piece.secondsLeft.map { $0 + later }, score: piece.score, note: piece.note)
    }
}
