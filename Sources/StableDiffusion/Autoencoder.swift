// Common interface of both autoencoders, with latents scaled for the denoiser.

public import Arrays
public import Autograd
import Checkpoints

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
