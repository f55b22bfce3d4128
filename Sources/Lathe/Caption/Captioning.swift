// What a picture shows, in words.

import Arrays
package import BLIP
import Compositing
package import Images

/// How captions are searched for.
public enum CaptionSearch: Sendable, Hashable {
    /// The likeliest caption that so many beams find.
    case beams(Int)
    /// So many captions drawn at random among the words that together have this probability.
    case sampling(count: Int, topP: Float, seed: UInt64)
}

/// Captions of picture files.
public enum Captioning {
    /// Describes a picture file, or only what a mask selects of it.
    /// - Throws: `LatheError`: `badInput` for the picture or the mask, `modelUnusable` for the captioner.
    public static func run(
        picture: String, maskPath: String?, search: CaptionSearch, session: ModelSession
    ) throws -> [String] {
        let photograph = try Photograph.load(picture)
        guard let maskPath else {
            return try describe(photograph.composited(over: [1, 1, 1]), search: search, session: session)
        }
        var selection = Selection()
        selection.maskPath = maskPath
        let found = try Selector.select(in: photograph, selection, session: session)
        return try describe(try Cutout(photograph, found).onWhite, search: search, session: session)
    }

    /// Describes an opaque picture.
    package static func describe(_ image: Image, search: CaptionSearch, session: ModelSession) throws
        -> [String]
    {
        try captions(of: image, by: try session.captioner(), search: search)
    }

    /// Describes an opaque picture with a captioner at hand.
    package static func captions(of image: Image, by model: BLIPCaptioner, search: CaptionSearch) throws
        -> [String]
    {
        let features = model.encode(image)
        let longest = min(model.configuration.text.longestCaption, model.configuration.text.positions)
        func caption(_ method: CaptionOptions.Method) throws -> String {
            let found = model.caption(
                features, options: CaptionOptions(method: method, maximumLength: longest))
            return found.text
        }
        switch search {
        case .beams(let width):
            return [try caption(.beams(width))]
        case .sampling(let count, let topP, let seed):
            return try (0..<count).map { try caption(.nucleus(topP: topP, seed: seed, sample: UInt64($0))) }
        }
    }
}
