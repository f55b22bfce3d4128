// LaMa: inpainting by a network whose layers have an image-wide receptive field.

public import Arrays
import Autograd
public import Checkpoints
import Foundation

/// An inpainter whose layers have an image-wide receptive field.
///
/// Suvorov and others, "Resolution-robust Large Mask Inpainting with Fourier Convolutions", 2022.
public struct LaMaModel: Sendable {
    public let configuration: LaMaConfiguration
    let generator: LaMaGenerator

    /// Builds the model from weights in any published layout.
    /// - Parameters:
    ///   - configuration: inferred from the tensors' shapes if nil.
    ///   - weights: the generator at the root or under one prefix, such as `generator.`; other training state
    ///     (discriminator, losses, counters) is ignored.
    /// - Throws: `CheckpointError` if a tensor is missing, has a wrong shape, or is unknown.
    public init(configuration: LaMaConfiguration? = nil, from weights: WeightScope) throws {
        let scope = try weights.laMaGenerator()
        self.configuration = try configuration ?? LaMaConfiguration(deducedFrom: scope)
        generator = try LaMaGenerator(self.configuration, from: scope)
        try weights.finish(ignoring: WeightScope.unusedByLaMa)
    }

    /// Builds the model from a generator's own weights, wherever they are.
    /// - Throws: `CheckpointError` if a tensor is missing or has a wrong shape.
    package init(_ configuration: LaMaConfiguration, generator weights: WeightScope) throws {
        self.configuration = configuration
        generator = try LaMaGenerator(configuration, from: weights)
    }

    /// Opens a folder with `model.safetensors` and optionally `config.json`; the published `big-lama`, a folder with
    /// `models/best.ckpt`; or a file of any layout: safetensors, a training checkpoint, or TorchScript.
    /// - Throws: `CheckpointError` if something is missing or does not match.
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

    /// The image with its hole filled; all other pixels are unchanged.
    ///
    /// One pass over the whole image: memory is proportional to its pixels, some 700 bytes each at the published
    /// size. `inpaint` bounds it.
    /// - Parameters:
    ///   - image: `[1, height, width, 3]` in [0, 1], sRGB, of any size; its values inside the hole do not matter.
    ///   - mask: `[1, height, width, 1]`, above 0 inside the hole.
    /// - Returns: `[1, height, width, 3]`.
    public func callAsFunction(_ image: NDArray, mask: NDArray) -> NDArray {
        let hole = mask.binary()
        return image.filled(hole, with: prediction(image, hole: hole, extension: .symmetric))
    }

    /// The network's output for the whole image: `[1, height, width, 3]` in (0, 1).
    ///
    /// The image is padded to multiples of `configuration.modulo` on the right and bottom, as the reference's
    /// `predict.py` does by `numpy.pad(mode="symmetric")` (`saicinpainting/evaluation/data.py`, `pad_img_to_modulo`).
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
