// Cuts an object out and writes the results.

import Compositing
import Files
import Images

/// The files of a cut-out.
public struct Segment: Codable, Sendable {
    /// The mask, `mask.png`.
    public var mask: String
    /// The object with transparency, `object.png`.
    public var object: String
    /// The photograph with mask and clicks drawn over it, `overlay.png`.
    public var overlay: String
    /// The segmenter's unprocessed masks, `mask_0.png` …; empty unless asked for.
    public var answers: [String]
    /// The segmenter's estimate of the mask's IoU, 0 … 1; nil without a segmenter.
    public var score: Double?
    /// Area of the mask as a share of the picture, 0 … 1.
    public var coverage: Double
    /// Remarks on the selection, one line each.
    public var notes: [String]

    /// Cuts an object out and writes mask.png, object.png and overlay.png.
    /// - Parameters:
    ///   - picture: path of the picture.
    ///   - selection: of the object.
    ///   - session: opens the segmenter.
    ///   - allMasks: whether to write the segmenter's unprocessed masks too.
    ///   - output: the folder to write.
    /// - Throws: `LatheError`: `badInput` for picture, selection or output, `modelUnusable` for the
    ///   segmenter.
    /// - Returns: the files written.
    public static func run(
        picture: String, selection: Selection, session: ModelSession, allMasks: Bool, output: String
    ) throws -> Segment {
        if EditPicture.isPictureName(output) || EditPicture.foreignEnding(output) != nil, !isFolder(output) {
            throw LatheError.badInput(
                "\(output) is a picture's name; several are written: give a folder with \(.output)")
        }
        let photograph = try Photograph.load(picture)
        let found = try Selector.select(in: photograph, selection, session: session)
        let cutout = try Cutout(photograph, found)
        return try LatheError.asking(.badInput) {
            let result = Segment(
                mask: "\(output)/mask.png", object: "\(output)/object.png", overlay: "\(output)/overlay.png",
                answers: allMasks ? found.answers.indices.map { "\(output)/mask_\($0).png" } : [],
                score: found.score,
                coverage: Double(found.mask.area) / Double(photograph.width * photograph.height),
                notes: found.notes)
            let object = cutout.inPlace(width: photograph.width, height: photograph.height)
            try writeFolder(output) { folder in
                try Image.savePNGs(
                    [
                        (found.mask.image, "\(folder)/mask.png"), (object, "\(folder)/object.png"),
                        (photograph.overlay(found.mask, selection), "\(folder)/overlay.png"),
                    ]
                        + result.answers.indices.map { (found.answers[$0].image, "\(folder)/mask_\($0).png") })
            }
            return result
        }
    }

    /// The result as lines of text.
    package var lines: [String] {
        var lines = ["mask    \(mask)", "object  \(object)", "overlay \(overlay)"]
        lines += answers.map { "answer  \($0)" }
        return lines
    }
}
