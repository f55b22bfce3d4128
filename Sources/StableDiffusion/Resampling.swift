// Downsampling and upsampling of feature maps by 2.

import Arrays
import Autograd
import Checkpoints
import Layers

/// A convolution of stride two: diffusers' `Downsample2D`.
struct Downsampler: Sendable {
    let convolution: Convolution2D

    /// - Parameter padding: 1 pads all sides by one pixel; 0 pads the bottom and the right only, as the
    ///   autoencoder does.
    init(from weights: WeightScope, channels: Int, padding: Int) throws {
        convolution = try Convolution2D(
            from: weights.scope("conv"), in: channels, out: channels, kernel: 3, stride: 2,
            padding: padding == 0 ? Padding(top: 0, left: 0, bottom: 1, right: 1) : Padding(1))
    }

    func callAsFunction(_ x: Tensor) -> Tensor { convolution(x) }
}

/// Nearest-neighbour upsampling and a convolution: diffusers' `Upsample2D`.
struct Upsampler: Sendable {
    let convolution: Convolution2D

    init(from weights: WeightScope, channels: Int) throws {
        convolution = try Convolution2D(
            from: weights.scope("conv"), in: channels, out: channels, kernel: 3, padding: 1)
    }

    /// - Parameter size: the target height and width, if not double because the encoder had an odd size.
    func callAsFunction(_ x: Tensor, to size: (height: Int, width: Int)? = nil) -> Tensor {
        let (height, width) = (size?.height ?? 2 * x.shape[1], size?.width ?? 2 * x.shape[2])
        guard height == 2 * x.shape[1], width == 2 * x.shape[2] else {
            return convolution(x.resizedNearest(height: height, width: width))
        }
        return convolution(x, doubled: true)
    }
}

extension Tensor {
    /// Nearest-neighbour resampling of `[batch, height, width, channels]`: target `i` takes source `floor(i · size /
    /// target)`, as PyTorch's `interpolate(mode: "nearest")`.
    func resizedNearest(height: Int, width: Int) -> Tensor {
        let (b, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
        var rows: [Int] = []
        rows.reserveCapacity(b * height * width)
        for image in 0..<b {
            for y in 0..<height {
                let line = (image * h + y * h / height) * w
                for x in 0..<width { rows.append(line + x * w / width) }
            }
        }
        return reshaped([b * h * w, c]).gathered(rows: rows).reshaped([b, height, width, c])
    }
}
