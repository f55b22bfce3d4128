// LaMa: fills the holes of an image in one pass of a network whose every layer sees the whole image.

public import Arrays
import Autograd
public import Checkpoints
import Foundation

/// An inpainter whose every layer sees the whole image.
///
/// Suvorov and others, "Resolution-robust Large Mask Inpainting with Fourier Convolutions", 2022.
public struct LaMaModel: Sendable {
    public let configuration: LaMaConfiguration
    let generator: LaMaGenerator

    /// Builds the model from weights in any of the published layouts.
    /// - Parameters:
    ///   - configuration: read off the tensors' shapes if nil.
    ///   - weights: the generator at the root or under one prefix, such as `generator.`; what training leaves beside
    ///     it (discriminator, losses, counters) is passed over.
    /// - Throws: `CheckpointError` when a tensor is missing, misshapen, or belongs to nothing known.
    public init(configuration: LaMaConfiguration? = nil, from weights: WeightScope) throws {
        let scope = try weights.laMaGenerator()
        self.configuration = try configuration ?? LaMaConfiguration(deducedFrom: scope)
        generator = try LaMaGenerator(self.configuration, from: scope)
        try weights.finish(ignoring: WeightScope.unusedByLaMa)
    }

    /// Builds the model from a generator's own weights, wherever they are.
    /// - Throws: `CheckpointError` when a tensor is missing or misshapen.
    package init(_ configuration: LaMaConfiguration, generator weights: WeightScope) throws {
        self.configuration = configuration
        generator = try LaMaGenerator(configuration, from: weights)
    }

    /// Opens a folder with `model.safetensors` and, if it has one, `config.json`; the published `big-lama`, a folder with
    /// `models/best.ckpt`; or a file of any layout: safetensors, a training checkpoint, or TorchScript.
    /// - Throws: `CheckpointError` when something is missing or does not fit.
    public init(folder path: String, precision: Precision = .float32) throws {
        let file = path + "/config.json"
        let configuration =
            FileManager.default.fileExists(atPath: file)
            ? try loadConfiguration(LaMaConfiguration.self, from: file, modelTypes: ["lama"]) : nil
        let published = path + "/models/best.ckpt"
        let isPublished = FileManager.default.fileExists(atPath: published)
        try self.init(
            configuration: configuration,
            from: WeightScope.open(isPublished ? published : path).multiplied(in: precision))
    }

    /// The image with its hole filled; all other pixels keep their values to the bit.
    ///
    /// One pass over the whole picture: memory grows with its pixels, some 700 bytes each at the published size. `inpaint` bounds it.
    /// - Parameters:
    ///   - image: `[1, height, width, 3]` in [0, 1], sRGB, of any size; its values inside the hole do not matter.
    ///   - mask: `[1, height, width, 1]`, above 0 inside the hole.
    /// - Returns: `[1, height, width, 3]`.
    public func callAsFunction(_ image: NDArray, mask: NDArray) -> NDArray {
        let hole = mask.binary()
        return image.filled(hole, with: prediction(image, hole: hole, extension: .symmetric))
    }

    /// What the network makes of the whole image, hole or not: `[1, height, width, 3]` in (0, 1).
    ///
    /// The image grows to multiples of `configuration.modulo` on the right and below, as the reference's `predict.py`
    /// does by `numpy.pad(mode="symmetric")` (`saicinpainting/evaluation/data.py`, `pad_img_to_modulo`).
    func prediction(_ image: NDArray, hole: NDArray, extension border: PictureExtension) -> NDArray {
        let (height, width) = (image.shape[1], image.shape[2])
        let input = LaMaModel.input(
            image.extended(toMultipleOf: configuration.modulo, by: border),
            hole: hole.extended(toMultipleOf: configuration.modulo, by: border))
        return generator(Tensor(input)).value.sliced(axis: 1, 0..<height).sliced(axis: 2, 0..<width)
    }

    /// The network's input: the image, black in the hole, with the hole as fourth channel.
    static func input(_ image: NDArray, hole: NDArray) -> NDArray {
        precondition(
            image.rank == 4 && image.shape[3] == 3 && hole.shape == Array(image.shape.dropLast()) + [1],
            "LaMa: image \(image.shape) [1, height, width, 3] and mask \(hole.shape) [1, height, width, 1]")
        return NDArray.concatenated([image.filled(hole, with: .zeros(image.shape)), hole], axis: 3)
    }
}
