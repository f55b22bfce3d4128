// The global path of a Fourier convolution: a convolution of the spectrum with a residual connection.

import Arrays
import Autograd
import Checkpoints
import Layers

/// `[batch, height, width, in]` → `[batch, height, width, out]` with an image-wide receptive field.
///
/// A 1×1 convolution makes half of the output's channels; their spectrum is convolved and added; a second 1×1
/// convolution expands the sum. Suvorov et al. 2022, figure 2; advimman/lama `ffc.py`, `SpectralTransform` without
/// local Fourier unit.
struct SpectralTransform: Sendable {
    private let narrow: Convolution2D
    private let unit: FourierUnit
    private let widen: Convolution2D

    /// - Parameter scale: of the result's channels, `[out]`: that of the following norm.
    init(in inputs: Int, out outputs: Int, scale: NDArray, from weights: WeightScope) throws {
        let half = outputs / 2
        narrow = try Convolution2D(from: weights["conv1.0"], in: inputs, out: half, kernel: 1, bias: false)
            .folding(BatchNorm(from: weights["conv1.1"], channels: half))
        unit = try FourierUnit(channels: half, from: weights["fu"])
        let plain = try Convolution2D(
            from: weights["conv2"], in: half, out: outputs, kernel: 1, bias: false)
        widen = Convolution2D(
            weight: plain.weight.changed { $0 * scale.reshaped([outputs, 1, 1, 1]) }, bias: nil)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let y = narrow(x, then: .relu)
        return widen(y + unit(y))
    }
}

/// A 1×1 convolution with norm and ReLU of the orthonormal spectrum of a feature map, and the inverse transform.
struct FourierUnit: Sendable {
    private let convolution: Convolution2D

    init(channels: Int, from weights: WeightScope) throws {
        let plain = try Convolution2D(
            from: weights["conv_layer"], in: 2 * channels, out: 2 * channels, kernel: 1, bias: false)
        let norm = try BatchNorm(from: weights["bn"], channels: 2 * channels)
        // The reference interleaves real and imaginary parts by channel; here all real parts come first.
        let order = (0..<channels).map { 2 * $0 } + (0..<channels).map { 2 * $0 + 1 }
        let turned = plain.weight.changed { kernel in
            let rows = kernel.reshaped([2 * channels, 2 * channels]).gathered(rows: order)
            return rows.transposed([1, 0]).gathered(rows: order).transposed([1, 0]).reshaped(kernel.shape)
        }
        convolution = Convolution2D(weight: turned, bias: nil).folding(norm.reordered(order))
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        convolution(x.rfft2(), then: .relu).irfft2(width: x.shape[2])
    }
}
