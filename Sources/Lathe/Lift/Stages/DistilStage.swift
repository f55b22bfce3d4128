// Optimising the field until it looks like the object from all sides.

import Compositing
import Foundation
import Images
import Radiance

struct DistilStage: LiftStageWork {
    let stage = LiftStage.lift
    private var pace = TimeLeft()

    /// A checkpoint is written this often, so that a killed run loses little.
    private static let secondsBetweenCheckpoints = 20.0

    func seconds(_ estimate: LiftEstimate) -> Double {
        Double(estimate.steps) * estimate.secondsPerStep * estimate.scale(.viewPrior)
    }

    func work(_ estimate: LiftEstimate) -> String {
        "\(estimate.steps) steps, preset \(estimate.options.preset.rawValue)"
    }

    mutating func advance(_ run: LiftRun) throws -> LiftPiece {
        guard let field = run.field else {
            let field = try DistilStage.begin(run)
            return LiftPiece(step: 0, total: field.total, isLast: false, secondsLeft: nil)
        }
        let start = Date.now
        guard let progress = try field.advance() else {
            try run.saveCheckpoint()
            run.record.scores.merge(field.scores) { $1 }
            run.finish(.lift, outputs: ["field.safetensors", "metrics.jsonl", "progress"])
            return LiftPiece(step: field.total, total: field.total, score: DistilStage.score(of: field))
        }
        pace.add(seconds: Date.now.timeIntervalSince(start))
        run.metrics.add(step: field.step, progress.metrics)
        run.record.notes += progress.notes
        run.record.symmetryPlanes = field.mirrors.map(\.azimuth)
        if field.isTimeForPreview { try DistilStage.savePreview(of: field, run) }
        if Date.now.timeIntervalSince(run.lastCheckpoint) > DistilStage.secondsBetweenCheckpoints {
            try run.saveCheckpoint()
        }
        return LiftPiece(
            step: field.step, total: field.total, isLast: false,
            secondsLeft: pace.seconds(forSteps: field.total - field.step),
            score: DistilStage.score(of: field), note: progress.notes.first)
    }

    /// Loads the prior, then makes the run directory: nothing is written unless everything could be loaded.
    private static func begin(_ run: LiftRun) throws -> FieldLift {
        guard let selected = run.selected else {
            preconditionFailure("DistilStage: nothing is selected in a fresh run")
        }
        let (directory, caption) = (run.directory, run.record.caption ?? "")
        let field = try FieldLift(
            selected.cutout, caption: caption, options: run.options, session: run.session)
        run.record.models = try LiftRecording.models(of: run.options)
        try Disk.createFolder(directory.path)
        run.lock = try RunLock(directory.path)
        try directory.prepare()
        do {
            let overlay = selected.photograph.overlay(selected.found.mask, run.options.selection)
            try Image.savePNGs([
                (selected.photograph, directory.input), (selected.found.mask.image, directory.mask),
                (selected.cutout.picture, directory.object), (overlay, directory.overlay),
            ])
            try Disk.write(caption + "\n", to: directory.caption)
            run.field = field
            try run.saveCheckpoint()
        } catch {
            // Without its first checkpoint there is nothing to resume.
            run.field = nil
            run.lock = nil
            directory.discard()
            throw error
        }
        return field
    }

    private static func score(of field: FieldLift) -> LiftState.Score? {
        field.quality.map { LiftState.Score(name: "front PSNR", value: $0) }
    }

    private static func savePreview(of field: FieldLift, _ run: LiftRun) throws {
        try Disk.createFolder(run.directory.progress)
        let number = String(field.step)
        let name = String(repeating: "0", count: max(0, 6 - number.count)) + number
        try field.preview().savePNG("\(run.directory.progress)/\(name).png")
    }
}
