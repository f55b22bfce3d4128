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
        let session = session ?? ModelSession(options.models)
        var job = try EditJob(options, session: session, report: progress)
        let (holes, canvas) = try job.holes()
        let prompts = try job.prompts(holes.count)
        let painter =
            try filler.map { try HolePainter(filler: $0, options, session: session) }
            ?? job.painter(for: canvas)
        return try places.filled { files in
            let whole = holes.dropFirst().reduce(holes[0].mask) { $0.union($1.mask) }
            var versions: [EditResult.Version] = [], pictures: [Image] = []
            for index in 0..<options.candidates {
                let seed = options.seed &+ UInt64(index)
                var picture = canvas, seams: [Seam.Steps] = []
                for (number, (hole, prompt)) in zip(holes, prompts).enumerated() {
                    let result = try painter.paint(
                        picture, hole, prompt: prompt, seed: seed, strength: options.diffusion.strength
                    ) { stage, step in
                        try job.tell(
                            stage, step, unit: index * holes.count + number,
                            of: options.candidates * holes.count)
                        try job.keep(step, in: places)
                    }
                    picture = result.picture
                    seams.append(result.seam)
                }
                try job.check(picture, against: canvas, hole: whole)
                pictures.append(picture)
                versions.append(
                    EditResult.Version(picture: places.version(index), seed: seed, seams: seams))
            }
            let remainders =
                options.checks ? try job.remainders(in: pictures[0], holes: holes.map(\.mask)) : []
            if let loss = job.picture.loss(writing: places.picture) { try job.note(loss) }
            try job.tell(.write, 0, 1)
            for (version, picture) in zip(versions, pictures) {
                try job.picture.add(picture, at: version.picture, to: files)
            }
            if pictures.count > 1 { try files.add(.contactSheet(pictures.map(\.seen)), at: places.sheet) }
            for (index, hole) in holes.enumerated() {
                if let path = places.mask(index, of: holes.count) { try files.add(hole.mask.image, at: path) }
            }
            if let path = places.overlay { try files.add(canvas.seen.overlay(whole, Selection()), at: path) }
            let result = EditResult(
                picture: places.picture, versions: versions, sheet: pictures.count > 1 ? places.sheet : nil,
                prompts: prompts, coverage: Double(whole.area) / Double(whole.width * whole.height),
                remainders: remainders, notes: job.notes, seconds: Date.now.timeIntervalSince(start))
            if let path = places.record {
                try files.add(try EditRecord(job.options, result, input: job.picture), at: path)
            }
            try job.tell(.write, 1, 1)
            return result
        }
    }
}
