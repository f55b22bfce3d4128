// Common interface of both autoencoders, with latents scaled for the denoiser.

public import Arrays
public import Autograd
import Checkpoints
import Glibc

/// The autoencoder of a pipeline: the full one or the tiny one.
public enum Autoencoder: Sendable {
    case kl(AutoencoderKL)
    case tiny(AutoencoderTiny)

    /// Opens a folder; `_class_name` in its `config.json` determines the kind.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or tensors do not fit it.
    public init(folder: String, precision: Precision = .float32) throws {
        switch try loadConfiguration(ClassName.self, from: folder + "/config.json").kind {
        case .kl: self = .kl(try AutoencoderKL(folder: folder, precision: precision))
        case .tiny: self = .tiny(try AutoencoderTiny(folder: folder, precision: precision))
        }
    }

    /// Opens an autoencoder of its own: a folder, or a file in the layout of Stable Diffusion's checkpoints or of diffusers,
    /// of which the latter needs its `config.json` beside it.
    ///
    /// Of a whole checkpoint it is the autoencoder alone.
    /// - Throws: `CheckpointError` when a file is missing, holds another model, or tensors do not fit it.
    package init(
        at path: String, precision: Precision = .float32,
        conventions: SingleFileConventions = SingleFileConventions()
    ) throws {
        guard !isFolder(path) else {
            try self.init(folder: path, precision: precision)
            return
        }
        let file = try WeightScope.open(path).multiplied(in: precision)
        let isWhole = file.names.has(SingleFileAutoencoder.prefix)
        let weights = isWhole ? file.scope("first_stage_model") : file
        if weights.contains("encoder.down.0.block.0.conv1.weight") {
            self = .kl(try SingleFileAutoencoder(from: weights, conventions: conventions).opened())
            return
        }
        guard ["encoder.conv_in.weight", "encoder.layers.0.weight"].contains(where: weights.contains) else {
            throw CheckpointError(
                path: path, reason: "these weights are not an autoencoder (VAE) of Stable Diffusion")
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let configuration = folder + "/config.json"
        guard access(configuration, F_OK) == 0 else {
            throw CheckpointError(
                path: path, reason: "an autoencoder of diffusers' layout needs its config.json beside it")
        }
        switch try loadConfiguration(ClassName.self, from: configuration).kind {
        case .kl:
            self = .kl(
                try AutoencoderKL(
                    loadConfiguration(AutoencoderKLConfiguration.self, from: configuration), from: weights))
        case .tiny:
            self = .tiny(
                try AutoencoderTiny(
                    loadConfiguration(AutoencoderTinyConfiguration.self, from: configuration), from: weights))
        }
        try weights.finish()
    }

    public var latentChannels: Int {
        switch self {
        case .kl(let model): model.configuration.latentChannels
        case .tiny(let model): model.configuration.latentChannels
        }
    }

    /// Channels of the images that are encoded.
    public var pictureChannels: Int {
        switch self {
        case .kl(let model): model.configuration.inChannels
        case .tiny(let model): model.configuration.inChannels
        }
    }

    /// Pixels per latent pixel along each side.
    public var downscale: Int {
        switch self {
        case .kl(let model): model.configuration.downscale
        case .tiny(let model): model.configuration.downscale
        }
    }

    /// The latents of an image, at the scale that the denoiser was trained on: the mode of the distribution.
    /// - Parameter image: `[batch, height, width, channels]` in [-1, 1]. Differentiable.
    /// - Returns: `[batch, height / downscale, width / downscale, latentChannels]`.
    public func encode(_ image: Tensor) -> Tensor {
        let latents =
            switch self {
            case .kl(let model): model.encode(image).mean
            case .tiny(let model): model.encode(image)
            }
        return scaled(latents)
    }

    /// The image of scaled latents, about [-1, 1] and not clamped.
    public func decode(_ latents: Tensor) -> Tensor {
        let unscaled = latents / scale.factor + scale.shift
        return switch self {
        case .kl(let model): model.decode(unscaled)
        case .tiny(let model): model.decode(unscaled)
        }
    }

    /// `(latents - shift) · factor`, with the configuration's values.
    public func scaled(_ latents: Tensor) -> Tensor { (latents - scale.shift) * scale.factor }

    // MARK: Helpers

    var scale: (factor: Float, shift: Float) {
        switch self {
        case .kl(let model): (model.configuration.scalingFactor, model.configuration.shiftFactor)
        case .tiny(let model): (model.configuration.scalingFactor, model.configuration.shiftFactor)
        }
    }
}

private struct ClassName: Decodable {
    enum Kind: String, CaseIterable {
        case kl = "AutoencoderKL"
        case tiny = "AutoencoderTiny"
    }

    let kind: Kind

    init(from decoder: any Decoder) throws {
        let file = try ConfigurationReader(decoder, className: Kind.kl.rawValue, Kind.tiny.rawValue)
        guard try file.text("_class_name") != nil else {
            throw file.fault("_class_name", "is missing; it tells which autoencoder this is")
        }
        kind = try file.kind("_class_name", default: .kl)
    }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
