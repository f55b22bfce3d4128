// The jobs of the library on pictures in memory.

import Compositing

/// An object cut out of a picture.
public struct Segmentation: Sendable {
    /// Soft mask of the picture's size, 0 … 1.
    public let mask: Mask
    /// RGBA of the picture's size, straight alpha; colours at the edge are the object's own.
    public let object: Image
    /// The segmenter's estimate of its overlap with the true mask, 0 … 1; nil where no segmenter was asked.
    public let score: Double?
}

extension ModelSession {
    /// Cuts an object out.
    /// - Parameters:
    ///   - picture: Any number of channels; alpha alone can be the selection.
    ///   - selection: Points and boxes in pixels of the picture.
    /// - Throws: `LatheError`: `badInput` for a selection that cannot be used or finds nothing, `modelUnusable`.
    public func segment(_ picture: Image, _ selection: Selection) throws -> Segmentation {
        let photograph = picture.hasAlpha ? picture.rgba : picture.rgb
        let found = try Selector.select(in: photograph, selection, session: self)
        let object = try Cutout(photograph, found).inPlace(
            width: photograph.width, height: photograph.height)
        return Segmentation(mask: found.mask, object: object, score: found.score)
    }

    /// Describes a picture, or what a mask selects of it.
    /// - Parameters:
    ///   - picture: Transparent parts count as white.
    ///   - mask: Of the picture's size; nil for the whole picture.
    ///   - search: Beam search, or sampling of several captions.
    /// - Returns: One caption, or as many as are sampled.
    /// - Throws: `LatheError`: `badInput` for a mask of another size or without a pixel, `modelUnusable`.
    public func caption(_ picture: Image, inside mask: Mask? = nil, search: CaptionSearch = .beams(3)) throws
        -> [String]
    {
        guard let mask else {
            return try Captioning.describe(picture.seen, search: search, session: self)
        }
        guard (mask.width, mask.height) == (picture.width, picture.height) else {
            throw LatheError.badInput(
                "the mask has \(mask.width) x \(mask.height) pixels, the picture \(picture.width) x "
                    + "\(picture.height); they must be equal")
        }
        let cutout = try Cutout(picture.hasAlpha ? picture.rgba : picture.rgb, FoundMask(mask: mask))
        return try Captioning.describe(cutout.onWhite, search: search, session: self)
    }

    /// Edits a picture: removes, fills, replaces or outpaints, as `options.task` says.
    /// - Parameters:
    ///   - picture: Keeps its size (unless outpainted), its channels, and every pixel outside the holes.
    ///   - options: `picture`, `output` and `models` are not used.
    ///   - progress: Called after every step; what it throws ends the edit.
    /// - Returns: `options.candidates` versions.
    /// - Throws: `LatheError`: `badInput`, `modelUnusable`, `guaranteeFailed` for a result that violates an invariant.
    public func edit(
        _ picture: Image, _ options: EditOptions, progress: @escaping (EditState) throws -> Void = { _ in }
    ) throws -> [Image] {
        var options = options
        options.models = models
        try options.validate()
        var job = try EditJob(
            options, picture: EditPicture(picture), session: self, report: progress)
        return try job.versions(of: job.plan(nil)) { _ in nil }.map(\.picture)
    }

    /// Takes what a selection finds out of a picture.
    /// - Throws: as `edit`.
    public func remove(_ selection: Selection, from picture: Image) throws -> Image {
        let options = EditOptions(
            task: .remove, picture: "", objects: [EditObject(selection: selection)], models: models,
            output: "")
        return try edit(picture, options)[0]
    }

    /// Puts what a prompt says in the place of what a selection finds.
    /// - Throws: as `edit`.
    public func fill(_ selection: Selection, of picture: Image, with prompt: String, seed: UInt64 = 0) throws
        -> Image
    {
        var options = EditOptions(
            task: .fill, picture: "", objects: [EditObject(selection: selection, prompt: prompt)],
            models: models, output: "")
        options.seed = seed
        return try edit(picture, options)[0]
    }

    /// Begins to lift an object out of a picture; the caller steps through it, see `Lift`.
    /// - Parameters:
    ///   - picture: RGB or RGBA.
    ///   - options: `picture` is what the record calls the picture; `models` is not used.
    ///   - searchPath: Folders in which `ffmpeg` is looked for.
    /// - Throws: `LatheError` for options and models that cannot be used.
    public func lift(_ picture: Image, _ options: LiftOptions, searchPath: [String] = []) throws -> Lift {
        var options = options
        options.models = models
        return try Lift(
            options, picture: picture.hasAlpha ? picture.rgba : picture.rgb, session: self,
            searchPath: searchPath)
    }
}
