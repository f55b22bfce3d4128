// Runs a 2D edit from file to file.

import Compositing
import Foundation
import Images

/// 2D edits: remove, fill, replace, outpaint.
public enum EditRun {
    /// Edits a picture.
    /// - Parameters:
    ///   - options: the edit.
    ///   - session: opened for `options.models`; nil opens the models for this job alone.
    ///   - progress: called after every step; what it throws ends the edit, and no file remains.
    /// - Throws: `LatheError`: `badInput` for files and selections, `modelUnusable` for models,
    ///   `guaranteeFailed` for a result that violates an invariant. Either all results are written or none.
    /// - Returns: the files written.
    public static func run(
        _ options: EditOptions, session: ModelSession? = nil,
        progress: @escaping (EditState) throws -> Void = { _ in }
    ) throws -> EditResult {
        try run(options, filler: nil, session: session, progress: progress)
    }

    /// Edits a picture with a given filler.
    /// - Parameters:
    ///   - options: the edit.
    ///   - filler: replaces the model that the options name; nil for that model.
    ///   - session: opened for `options.models`; nil opens the models for this edit alone.
    ///   - progress: called after every step; what it throws ends the edit.
    /// - Throws: as `run(_:session:progress:)`.
    /// - Returns: the files written.
    package static func run(
        _ options: EditOptions, filler: (any HoleFiller)?, session: ModelSession? = nil,
        progress: @escaping (EditState) throws -> Void = { _ in }
    ) throws -> EditResult {
        try options.validate()
        let start = Date.now
        let places = try EditFolder(
            output: options.output, versions: options.candidates, keeping: options.inputs)
        var picture = try EditPicture(path: options.picture)
        if options.dropsMetadata == true { picture.metadata = .none }
        var job = try EditJob(
            options, picture: picture,
            session: session ?? ModelSession(options.models), report: progress)
        let plan = try job.plan(filler)
        return try places.filled { files in
            let made = try job.versions(of: plan) { preview in places.preview(preview) }
            let remainders =
                options.checks
                ? try job.remainders(in: made[0].picture, holes: plan.holes.map(\.mask)) : []
            if let loss = job.picture.loss(writing: places.picture) { try job.note(loss) }
            try job.tell(.write, 0, 1)
            let versions = made.enumerated().map { index, version in
                EditResult.Version(
                    picture: places.version(index), seed: version.seed, seams: version.seams)
            }
            for (version, made) in zip(versions, made) {
                try job.picture.add(made.picture, at: version.picture, to: files)
            }
            if made.count > 1 { try files.add(.contactSheet(made.map(\.picture.seen)), at: places.sheet) }
            for (index, hole) in plan.holes.enumerated() {
                if let path = places.mask(index, of: plan.holes.count) {
                    try files.add(hole.mask.image, at: path)
                }
            }
            let whole = plan.whole
            if let path = places.overlay {
                try files.add(plan.canvas.seen.overlay(whole, Selection()), at: path)
            }
            let result = EditResult(
                picture: places.picture, versions: versions, sheet: made.count > 1 ? places.sheet : nil,
                prompts: plan.prompts, coverage: Double(whole.area) / Double(whole.width * whole.height),
                remainders: remainders, notes: job.notes, seconds: Date.now.timeIntervalSince(start))
            if let path = places.record {
                try files.add(try EditRecord(job.options, result, input: job.picture), at: path)
            }
            try job.tell(.write, 1, 1)
            return result
        }
    }
}
