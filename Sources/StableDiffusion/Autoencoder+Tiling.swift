// Encoding and decoding of large images in tiles.

public import Arrays
import Autograd

/// Encoded latents of an image, at the scale that the denoiser was trained on.
public struct EncodedPicture: Sendable {
    /// `[batch, height, width, latentChannels]`.
    public let mean: NDArray
    /// Standard deviation, same shape; nil if the autoencoder is deterministic.
    public let deviation: NDArray?
}

extension Autoencoder {
    /// The latents of an image and their standard deviation; large images are encoded in tiles.
    /// - Parameter image: `[batch, height, width, channels]` in [-1, 1], sides multiples of `downscale`.
    public func encode(_ image: NDArray, tiling: Tiling) -> EncodedPicture {
        let (height, width) = (image.shape[1] / downscale, image.shape[2] / downscale)
        let moments = inTiles(height, width, tiling, scale: 1) { rows, columns in
            let tile = image.sliced(axis: 1, rows.lowerBound * downscale..<rows.upperBound * downscale)
                .sliced(axis: 2, columns.lowerBound * downscale..<columns.upperBound * downscale)
            return self.moments(of: tile)
        }
        let mean = scaled(Tensor(moments.sliced(axis: 3, 0..<latentChannels))).value
        guard moments.shape[3] > latentChannels else { return EncodedPicture(mean: mean, deviation: nil) }
        let logVariance = Tensor(moments.sliced(axis: 3, latentChannels..<2 * latentChannels))
        return EncodedPicture(mean: mean, deviation: ((logVariance * 0.5).exp() * scale.factor).value)
    }

    /// The image of scaled latents, about [-1, 1] and not clamped; large images are decoded in tiles.
    /// - Parameter latents: `[batch, height, width, latentChannels]`.
    public func decode(_ latents: NDArray, tiling: Tiling) -> NDArray {
        inTiles(latents.shape[1], latents.shape[2], tiling, scale: downscale) { rows, columns in
            decode(Tensor(latents.sliced(axis: 1, rows).sliced(axis: 2, columns))).value
        }
    }

    // MARK: Helpers

    private func inTiles(
        _ height: Int, _ width: Int, _ tiling: Tiling, scale: Int,
        _ body: (_ rows: Range<Int>, _ columns: Range<Int>) -> NDArray
    ) -> NDArray {
        guard height * width * downscale * downscale > tiling.wholeArea else {
            return body(0..<height, 0..<width)
        }
        let side = max(tiling.side / downscale, 1)
        let overlap = min(max(tiling.overlap / downscale, 0), side - 1)
        return blendedTiles(height: height, width: width, side: side, overlap: overlap, scale: scale, body)
    }

    /// Mean and, if there is one, log variance, concatenated along the channels and unscaled.
    private func moments(of image: NDArray) -> NDArray {
        switch self {
        case .kl(let model):
            let latents = model.encode(Tensor(image))
            return Tensor.concatenated([latents.mean, latents.logVariance], axis: 3).value
        case .tiny(let model): return model.encode(Tensor(image)).value
        }
    }
}
