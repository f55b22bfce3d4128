// `lathe segment`: the cut-out on its own.

import Compositing
import Images

/// The files of a cut-out.
public struct Segment: Codable, Sendable {
    public var mask: String
    public var object: String
    public var overlay: String
    public var answers: [String]
    public var score: Double?
    /// Share of the picture that is selected, 0 … 1.
    public var coverage: Double

    /// Cuts an object out and writes mask.png, object.png and overlay.png.
    /// - Parameter allMasks: Also write the segmenter's answers, mask_0.png …
    /// - Throws: `LatheError`; nothing is written then, except for a disk that fills up.
    public static func run(
        picture: String, selection: Selection, models: ModelSet, allMasks: Bool, output: String
    ) throws -> Segment {
        let photograph = try Photograph.load(picture)
        let found = try Selector.select(in: photograph, selection, models: models)
        let cutout = try Cutout(photograph, found)
        return try LatheError.asking(.badInput) {
            try Disk.createFolder(output)
            let result = Segment(
                mask: "\(output)/mask.png", object: "\(output)/object.png", overlay: "\(output)/overlay.png",
                answers: allMasks ? found.answers.indices.map { "\(output)/mask_\($0).png" } : [],
                score: found.score,
                coverage: Double(found.mask.area) / Double(photograph.width * photograph.height))
            let object = cutout.inPlace(width: photograph.width, height: photograph.height)
            try Image.savePNGs(
                [
                    (found.mask.image, result.mask), (object, result.object),
                    (photograph.overlay(found.mask, selection), result.overlay),
                ] + zip(found.answers, result.answers).map { ($0.image, $1) })
            return result
        }
    }

    /// The result for a person.
    public var lines: [String] {
        var lines = ["mask    \(mask)", "object  \(object)", "overlay \(overlay)"]
        lines += answers.map { "answer  \($0)" }
        return lines
    }
}
