// A 2D edit from a picture file to a picture file.

import Editing
import Foundation
import Images

/// Removes, fills, replaces and outpaints.
public enum EditRun {
    /// Edits a picture.
    /// - Parameter progress: called after every step; what it throws ends the work, and nothing is written but previews.
    /// - Throws: `LatheError`: `badInput` for files and selections, `modelUnusable` for models, `guaranteeFailed` for a
    ///   result that does not keep what every edit promises; no result is written then.
    public static func run(_ options: EditOptions, progress: @escaping (EditState) throws -> Void = { _ in })
        throws
        -> EditResult
    {
        try options.validate()
        let start = Date.now
        let places = try EditFolder(output: options.output)
        var job = try EditJob(options, report: progress)
        let (holes, canvas) = try job.holes()
        let prompts = try job.prompts(holes.count)
        let painter = try job.painter(for: canvas)
        try places.prepare()
        var versions: [EditResult.Version] = [], pictures: [Image] = []
        for index in 0..<options.candidates {
            let seed = options.seed &+ UInt64(index)
            var picture = canvas, seams: [Seam.Steps] = []
            for (hole, prompt) in zip(holes, prompts) {
                let result = try painter.paint(
                    picture, hole, prompt: prompt, seed: seed, strength: options.diffusion.strength
                ) { stage, step, total, preview in
                    try job.tell(stage, step, total)
                    try job.keep(preview, step, total, in: places)
                }
                (picture, seams) = (result.picture, seams + [result.seam])
            }
            try job.checkKept(picture)
            pictures.append(picture)
            versions.append(EditResult.Version(picture: places.version(index), seed: seed, seams: seams))
        }
        let remainders = options.checks ? try job.remainders(in: pictures[0], holes: holes.map(\.mask)) : []
        if let loss = job.picture.loss(writing: places.picture) { try job.note(loss) }
        try job.tell(.write, 0, 1)
        for (version, picture) in zip(versions, pictures) {
            try job.picture.save(picture, to: version.picture)
        }
        if pictures.count > 1 {
            try LatheError.asking(.badInput) {
                try Image.contactSheet(pictures.map(\.seen)).savePNG(places.sheet)
            }
        }
        for (index, hole) in holes.enumerated() {
            guard let path = places.mask(index, of: holes.count) else { continue }
            try LatheError.asking(.badInput) { try hole.mask.savePNG(path) }
        }
        let whole = holes.dropFirst().reduce(holes[0].mask) { $0.union($1.mask) }
        if let path = places.overlay {
            try LatheError.asking(.badInput) { try canvas.seen.overlay(whole, Selection()).savePNG(path) }
        }
        let result = EditResult(
            picture: places.picture, versions: versions, sheet: pictures.count > 1 ? places.sheet : nil,
            prompts: prompts, coverage: Double(whole.area) / Double(whole.width * whole.height),
            remainders: remainders, notes: job.notes, seconds: Date.now.timeIntervalSince(start))
        if let path = places.record {
            try Disk.write(
                try LatheJSON.encode(try EditRecord(options, result, input: job.picture)), to: path)
        }
        try job.tell(.write, 1, 1)
        return result
    }
}
