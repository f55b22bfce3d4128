// Cuts an object out and writes the results.

import Arrays
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
        // What the search has freed is kept for arrays like it, which do not follow.
        StoragePool.trim()
        let object = try LatheError.asking(.badInput) {
            try PlacedObject(
                colour: photograph.rgb.pixels, mask: found.mask.values, clean: !found.isOwnTransparency)
        }
        return try LatheError.asking(.badInput) {
            let result = Segment(
                mask: "\(output)/mask.png", object: "\(output)/object.png", overlay: "\(output)/overlay.png",
                answers: allMasks ? found.answers.indices.map { "\(output)/mask_\($0).png" } : [],
                score: found.score,
                coverage: Double(found.mask.area) / Double(photograph.width * photograph.height),
                notes: found.notes)
            try writeFolder(output) { folder in
                // One after the other, in bands of rows: large pictures take hundreds of megabytes each.
                StoragePool.trim()
                let (width, height) = (photograph.width, photograph.height)
                func write(_ channels: Int, _ name: String, _ rows: (Range<Int>) -> Image) throws {
                    let path = "\(folder)/\(name).png"
                    try writeFile(
                        Image.png(width: width, height: height, channels: channels, path: path, rows: rows),
                        to: path)
                }
                try write(1, "mask") { found.mask.image.rows($0) }
                try write(4, "object") { object.rows($0) }
                try write(3, "overlay") { photograph.overlay(found.mask, selection, rows: $0) }
                for index in result.answers.indices {
                    let answer = found.answers[index]().image
                    try write(1, "mask_\(index)") { answer.rows($0) }
                }
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
