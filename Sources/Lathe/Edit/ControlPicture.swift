// A ControlNet with its control picture, cropped like the photograph.

import Arrays
import Compositing
import Images
import StableDiffusion

/// A control picture and its ControlNet.
struct ControlPicture {
    private let options: DiffusionOptions.Control
    private let picture: Image
    private let net: ControlNet

    /// Opens both files.
    /// - Parameters:
    ///   - options: paths, kind and scale.
    ///   - precision: of the ControlNet's weights.
    ///   - edited: the edited picture, whose size the control picture must have; nil for any size.
    /// - Throws: `LatheError`: `badInput` for the picture, `modelUnusable` for the ControlNet.
    init(_ options: DiffusionOptions.Control, precision: Precision, for edited: Image? = nil) throws {
        self.options = options
        picture = try Photograph.load(options.picture).seen
        if let edited, (edited.width, edited.height) != (picture.width, picture.height) {
            throw LatheError.badInput(
                "the control picture \(options.picture) is \(picture.width) x \(picture.height); it must be of the size of"
                    + " what is made, \(edited.width) x \(edited.height)")
        }
        let kind = isFolder(options.model) ? ModelKind.controlNet : .controlNetOriginal
        net = try kind.opening(options.model) {
            try ControlNet(path: options.model, precision: precision)
        }
    }

    var width: Int { picture.width }
    var height: Int { picture.height }

    /// Checks that the ControlNet fits a model.
    /// - Throws: `LatheError` (`modelUnusable`) if it was made for another one.
    func check(_ pipeline: DiffusionPipeline) throws {
        guard let reason = net.misfit(with: pipeline) else { return }
        throw LatheError.modelUnusable("\(options.model): \(reason)")
    }

    /// The condition for a crop of the picture.
    ///
    /// Edges and depth are computed at the working size, as in training. Strokes are computed at full size
    /// and downsampled by maximum, so that thin ones survive.
    func hint(cutBy plan: CropPlan) throws -> ControlHint {
        try hint(
            options.kind == .scribble
                ? plan.shown(strokes).image : options.kind.condition(from: plan.shown(picture)))
    }

    /// The condition for the whole picture at this size in pixels.
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
