// What a lift begins with, and what must hold before it does.

import Compositing
import Images

/// The input of a fresh lift, checked.
struct LiftStart {
    /// RGB or RGBA.
    let photograph: Image
    /// SHA-256 of the picture's file or bytes.
    let digest: String
    /// What the run folder asks for.
    let action: RunAction

    /// Reads the picture, and checks the run folder, the selection's extent and the view prior's folder.
    /// - Parameter picture: RGB or RGBA; nil reads the file that the options name.
    /// - Throws: `LatheError` for what cannot be used.
    init(_ options: LiftOptions, picture: Image? = nil) throws {
        digest = try picture.map { Digest.sha256(of: $0.bytes) } ?? Digest.sha256(ofFile: options.picture)
        action = try RunFolder.decide(.lift, options, digest: digest)
        photograph = try picture ?? Photograph.load(options.picture)
        try options.selection.validate(width: photograph.width, height: photograph.height)
        _ = try options.models.folder(of: .viewPrior)
    }

    /// Checks what the first stages check, as far as that needs no model's weights.
    /// - Throws: `LatheError` for a mask that cannot be used or a model that is missing or of another kind.
    func check(_ options: LiftOptions) throws {
        let selection = options.selection
        var parts: [ModelSet.Part] = [.viewPrior]
        if options.prompt == .auto { parts.append(.captioner) }
        if try Selector.needsSegmenter(in: photograph, selection) {
            parts.append(.segmenter)
        } else {
            let found = try Selector.select(
                in: photograph, selection, session: ModelSession(options.models))
            _ = try LatheError.asking(.badInput) {
                try Cutout(colour: photograph.rgb.pixels, mask: found.mask.values, clean: false)
            }
        }
        for part in parts {
            _ = try ModelKind.find(at: try options.models.location(of: part), for: part)
        }
    }
}
