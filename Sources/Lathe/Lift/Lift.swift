// One photograph into 3D, as a run that its caller steps through, stops and resumes.

import Arrays
import Compositing
import Distillation
import Foundation
import Images
import Meshes

/// A lift: finds the object, describes it, grows a field that looks like it, films it and extracts its mesh.
///
/// Call `next()` until it gives nil. Between calls the run may be stopped with `stop()`; `init(resuming:)` goes on
/// from there to the same bytes that an undisturbed run would have written.
public final class Lift {
    private enum Phase {
        case select
        case caption(Selected)
        case prepare(Selected)
        case lift(FieldLift)
        case film(FieldLift, Film)
        case mesh(FieldLift)
        case report
        case finished
    }

    /// What the selection found.
    private struct Selected {
        let photograph: Image
        let found: FoundMask
        let cutout: Cutout
    }

    private let options: LiftOptions
    private let session: ModelSession
    private let searchPath: [String]
    private let directory: RunDirectory
    private var phase: Phase
    private var record: RunRecord
    private var metrics = MetricsLog()
    private var pace = TimeLeft()
    private var stageStart = Date.now
    private var steps = 0
    /// Saved so often that a killed run loses little.
    private static let secondsBetweenCheckpoints = 20.0
    private var lastCheckpoint = Date.now

    /// Prepares a fresh run; nothing is written yet.
    /// - Parameters:
    ///   - session: Opened for `options.models`; nil opens the models for this lift alone.
    ///   - searchPath: Folders in which `ffmpeg` is looked for.
    /// - Throws: `LatheError` for options, files and models that cannot be used.
    public init(_ options: LiftOptions, session: ModelSession? = nil, searchPath: [String] = []) throws {
        try options.validate()
        self.options = options
        self.session = session ?? ModelSession(options.models)
        self.searchPath = searchPath
        directory = RunDirectory(path: options.output)
        try directory.checkIsFree()
        let photograph = try Photograph.load(options.picture)
        try options.selection.validate(width: photograph.width, height: photograph.height)
        _ = try options.models.folder(of: .viewPrior)
        record = RunRecord(
            command: "lift", options: options,
            input: RunRecord.Input(
                path: options.picture, sha256: try Digest.sha256(ofFile: options.picture),
                width: photograph.width, height: photograph.height),
            machine: .current, seed: options.seed)
        phase = .select
    }

    /// Goes on with a run that was stopped or killed.
    /// - Throws: `LatheError` if the folder holds no run, or its input or models have changed.
    public init(resuming folder: String, session: ModelSession? = nil, searchPath: [String] = []) throws {
        record = try RunRecord.load(fromRun: folder)
        var options = record.options
        options.output = folder
        self.options = options
        self.session = session ?? ModelSession(options.models)
        self.searchPath = searchPath
        directory = RunDirectory(path: folder)
        guard record.status != .complete else {
            phase = .finished
            return
        }
        guard isFile(directory.field) else {
            throw LatheError.badInput(
                "\(folder) holds no field.safetensors to go on from; run the lift again")
        }
        try LiftRecording.checkModels(record, options.models)
        metrics = try MetricsLog.load(directory.metrics)
        let lift = try FieldLift(
            resumingFrom: directory.field, caption: record.caption ?? "", options: options,
            session: self.session)
        metrics.truncate(after: lift.step)
        record.status = .running
        // Remarks on steps that will be done again will be made again.
        record.notes = Array(record.notes.prefix(lift.remarks))
        let later: [LiftStage] = [.lift, .film, .mesh, .report]
        record.stages.removeAll { stage in later.contains { $0.rawValue == stage.name } }
        try directory.clearResults()
        phase = .lift(lift)
    }

    /// The stages with their estimates; checks the options but computes nothing.
    public static func plan(_ options: LiftOptions) throws -> LiftPlan {
        try options.validate()
        let steps = try LiftSettings.configuration(options).steps
        let estimate = LiftEstimate(options: options, steps: steps)
        let work: [LiftStage: String] = [
            .select: options.selection.isEmpty ? "from the picture's transparency" : "segmenter",
            .caption: options.prompt == .auto ? "captioner" : "given",
            .lift: "\(steps) steps, preset \(options.preset.rawValue)",
            .film: "\(options.film.frames) frames of \(options.film.size) x \(options.film.size)",
            .mesh: "grid of \(options.mesh.resolution) cells a side",
            .report: "run.json and report.html",
        ]
        return LiftPlan(
            output: options.output,
            stages: LiftStage.allCases.map {
                LiftPlan.Stage(stage: $0, seconds: estimate.seconds($0), work: work[$0] ?? "")
            },
            peakMegabytes: estimate.peakMegabytes)
    }

    public var isFinished: Bool {
        if case .finished = phase { true } else { false }
    }

    /// Does the next piece of work; nil when the run is complete.
    /// - Throws: `LatheError`; what the run has written so far stays for `--resume`.
    public func next() throws -> LiftState? {
        do {
            return try advance()
        } catch {
            let error = LatheError(wrapping: error)
            guard keepsWork, error.code == .badInput else { throw error }
            throw LatheError(
                error.code, "\(error.message); then go on with: lathe lift \(directory.path) --resume")
        }
    }

    /// Whether a checkpoint is on disk.
    private var keepsWork: Bool {
        switch phase {
        case .select, .caption, .prepare, .finished: false
        case .lift, .film, .mesh, .report: true
        }
    }

    private func advance() throws -> LiftState? {
        switch phase {
        case .select:
            return try select()
        case .caption(let selected):
            record.caption = try caption(selected)
            finish(.caption, outputs: ["caption.txt"])
            phase = .prepare(selected)
            return state(.caption, 1, 1)
        case .prepare(let selected):
            let lift = try prepare(selected)
            steps = lift.total
            phase = .lift(lift)
            return state(.lift, 0, lift.total)
        case .lift(let lift):
            return try grow(lift)
        case .film(let lift, var film):
            film.takeFrame()
            guard film.isComplete else {
                phase = .film(lift, film)
                return state(.film, film.count, options.film.frames)
            }
            try write(film)
            phase = .mesh(lift)
            return state(.film, options.film.frames, options.film.frames)
        case .mesh(let lift):
            try writeMesh(of: lift)
            finish(.mesh, outputs: ["mesh.glb"])
            phase = .report
            return state(.mesh, 1, 1)
        case .report:
            finish(.report, outputs: ["run.json", "report.html"])
            record.status = .complete
            try record.save(inRun: directory.path)
            try Report(record: record, metrics: metrics, folder: directory.path).write()
            phase = .finished
            return state(.report, 1, 1)
        case .finished:
            return nil
        }
    }

    /// Saves the work of an unfinished run.
    /// - Returns: The run directory; nil if nothing was worth keeping yet.
    public func stop() throws -> String? {
        switch phase {
        case .select, .caption, .prepare: return nil
        case .finished: return directory.path
        case .lift(let lift), .film(let lift, _), .mesh(let lift): try save(lift)
        case .report: break
        }
        record.status = .interrupted
        try record.save(inRun: directory.path)
        return directory.path
    }

    /// Where everything is, and how good it is.
    public func result() throws -> LiftResult {
        guard isFinished else { throw LatheError.badInput("the run in \(directory.path) is not complete") }
        return LiftResult(record: record, directory: directory)
    }

    // MARK: Stages

    private func select() throws -> LiftState {
        let photograph = try Photograph.load(options.picture)
        let found = try Selector.select(in: photograph, options.selection, session: session)
        let cutout = try Cutout(photograph, found)
        finish(.select, outputs: ["input.png", "mask.png", "object.png", "overlay.png"])
        phase = .caption(Selected(photograph: photograph, found: found, cutout: cutout))
        return state(.select, 1, 1, score: found.score.map { ("mask score", $0) })
    }

    private func caption(_ selected: Selected) throws -> String {
        switch options.prompt {
        case .text(let text): return text
        case .auto:
            let captions = try Captioning.describe(
                selected.cutout.onWhite, search: .beams(3), session: session)
            return captions.first ?? ""
        }
    }

    /// Loads the prior, then makes the run directory: nothing is written unless everything could be loaded.
    private func prepare(_ selected: Selected) throws -> FieldLift {
        let lift = try FieldLift(
            selected.cutout, caption: record.caption ?? "", options: options, session: session)
        record.models = try LiftRecording.models(of: options)
        try directory.prepare()
        do {
            let overlay = selected.photograph.overlay(selected.found.mask, options.selection)
            try Image.savePNGs([
                (selected.photograph, directory.input), (selected.found.mask.image, directory.mask),
                (selected.cutout.picture, directory.object), (overlay, directory.overlay),
            ])
            try Disk.write((record.caption ?? "") + "\n", to: directory.caption)
            try save(lift)
        } catch {
            // Without its first checkpoint there is nothing to resume.
            directory.discard()
            throw error
        }
        return lift
    }

    private func grow(_ lift: FieldLift) throws -> LiftState {
        let start = Date.now
        guard let progress = try lift.advance() else {
            try save(lift)
            record.scores.merge(lift.scores) { $1 }
            finish(.lift, outputs: ["field.safetensors", "metrics.jsonl", "progress"])
            phase = .film(lift, Film(of: lift.field, options.film))
            return state(.lift, lift.total, lift.total, score: score(of: lift))
        }
        pace.add(seconds: Date.now.timeIntervalSince(start))
        metrics.add(step: lift.step, progress.metrics)
        record.notes += progress.notes
        if lift.isTimeForPreview { try savePreview(lift) }
        if Date.now.timeIntervalSince(lastCheckpoint) > Lift.secondsBetweenCheckpoints { try save(lift) }
        return state(.lift, lift.step, lift.total, score: score(of: lift), note: progress.notes.first)
    }

    private func score(of lift: FieldLift) -> (String, Double)? { lift.quality.map { ("front PSNR", $0) } }

    private func savePreview(_ lift: FieldLift) throws {
        try Disk.createFolder(directory.progress)
        let number = String(lift.step)
        let name = String(repeating: "0", count: max(0, 6 - number.count)) + number
        try lift.preview().savePNG("\(directory.progress)/\(name).png")
    }

    private func write(_ film: Film) throws {
        try film.writeFrames(into: directory.frames)
        try film.writeGIF(to: directory.film)
        try film.writeStrip(after: try Image.load(directory.input), to: directory.strip)
        var outputs = ["strip.png", "turntable", "turntable.gif"]
        if let ffmpeg = Helper.find("ffmpeg", in: searchPath) {
            if let reason = film.writeMovie(framesIn: directory.frames, to: directory.movie, ffmpeg: ffmpeg) {
                record.notes.append("no turntable.mp4: \(reason)")
            } else {
                outputs.append("turntable.mp4")
            }
        }
        finish(.film, outputs: outputs)
    }

    private func writeMesh(of lift: FieldLift) throws {
        let (mesh, overlap) = try MeshExport.extract(lift.field, options.mesh)
        try mesh.writeGLB(to: directory.mesh)
        let topology = mesh.mesh.topology
        record.scores["mesh silhouette IoU"] = overlap
        record.scores["mesh faces"] = Double(topology.faces)
        record.scores["mesh is closed"] = topology.isWatertight ? 1 : 0
    }

    // MARK: Records

    private func save(_ lift: FieldLift) throws {
        try lift.save(to: directory.field)
        try metrics.save(to: directory.metrics)
        try record.save(inRun: directory.path)
        lastCheckpoint = .now
    }

    private func finish(_ stage: LiftStage, outputs: [String]) {
        let seconds = Date.now.timeIntervalSince(stageStart)
        record.stages.append(RunRecord.Stage(name: stage.rawValue, seconds: seconds, outputs: outputs))
        stageStart = .now
    }

    private func state(
        _ stage: LiftStage, _ step: Int, _ total: Int, score: (String, Double)? = nil, note: String? = nil
    ) -> LiftState {
        let estimate = LiftEstimate(options: options, steps: steps)
        let later = LiftStage.allCases.drop { $0 != stage }.dropFirst().reduce(0) {
            $0 + estimate.seconds($1)
        }
        let here: Double? =
            switch stage {
            case .lift: pace.seconds(forSteps: total - step)
            case .film: estimate.seconds(.film) * Double(total - step) / Double(max(1, total))
            default: 0
            }
        return LiftState(
            stage: stage, step: step, total: total, secondsLeft: here.map { $0 + later }, score: score,
            note: note)
    }
}
