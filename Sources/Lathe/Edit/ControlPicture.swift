// A ControlNet with the user's picture that it steers by, cut as the photograph is cut.

import Arrays
import Compositing
import Images
import StableDiffusion

/// A picture and the ControlNet that reads it.
struct ControlPicture {
    private let options: DiffusionOptions.Control
    private let picture: Image
    private let net: ControlNet

    /// Opens both files.
    /// - Parameter edited: what is edited, of whose size the picture must be; nil for any size.
    /// - Throws: `LatheError`: `badInput` for the picture, `modelUnusable` for the ControlNet.
    init(_ options: DiffusionOptions.Control, precision: Precision, for edited: Image? = nil) throws {
        self.options = options
        picture = try Photograph.load(options.picture).seen
        if let edited, (edited.width, edited.height) != (picture.width, picture.height) {
            throw LatheError.badInput(
                "the control picture \(options.picture) is \(picture.width) x \(picture.height); it must be of the size of"
                    + " what is made, \(edited.width) x \(edited.height)")
        }
        net = try LatheError.asking(.modelUnusable) {
            try ControlNet(path: options.model, precision: precision)
        }
    }

    var width: Int { picture.width }
    var height: Int { picture.height }

    /// - Throws: `LatheError` (`modelUnusable`) if the ControlNet was made for another model.
    func check(_ pipeline: DiffusionPipeline) throws {
        guard let reason = net.misfit(with: pipeline) else { return }
        throw LatheError.modelUnusable("\(options.model): \(reason)")
    }

    /// What steers the work on a part of the picture.
    ///
    /// Edges and depth are taken from the picture as the model sees it, as in training. Strokes are found in the whole
    /// sketch and kept wherever one touches, so that thin ones stay where it is made smaller.
    func hint(cutBy plan: CropPlan) throws -> ControlHint {
        try hint(
            options.kind == .scribble
                ? plan.shown(strokes).image : options.kind.condition(from: plan.shown(picture)))
    }

    /// What steers a whole picture of this size.
    func hint(width: Int, height: Int) throws -> ControlHint {
        try hint(
            options.kind == .scribble
                ? strokes.touching(width: width, height: height).image
                : options.kind.condition(
                    from: picture.resized(width: width, height: height, filter: .bicubic)))
    }

    private var strokes: Mask { Mask(options.kind.condition(from: picture)) }

    private func hint(_ condition: Image) throws -> ControlHint {
        try LatheError.asking(.modelUnusable) {
            try ControlHint(condition.rgb, for: net, scale: options.scale)
        }
    }
}
