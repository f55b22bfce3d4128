// The convolutional residual block of the denoiser and of the autoencoder: diffusers' `ResnetBlock2D`.

import Autograd
import Checkpoints
import Layers

/// Norm, activation and convolution, twice, with a residual connection; the time embedding is added in between.
///
/// `y = (shortcut(x) + conv2(act(norm2(conv1(act(norm1 x)) + time)))) / scale`
struct ResidualBlock: Sendable {
    /// Settings that all blocks of a network share.
    struct Style: Sendable {
        let groups: Int
        let epsilon: Float
        let activation: Activation
        /// Width of the time embedding; nil in an autoencoder.
        var timeWidth: Int?
        var timeShift = TimeShift.add
        /// Divisor of the block's output.
        var scale: Float = 1
    }

    let firstNorm: GroupNorm
    let firstConvolution: Convolution2D
    let time: Linear?
    let secondNorm: GroupNorm
    let secondConvolution: Convolution2D
    let shortcut: Convolution2D?
    let style: Style

    init(from weights: WeightScope, in inner: Int, out: Int, style: Style) throws {
        self.style = style
        firstNorm = try GroupNorm(
            from: weights.scope("norm1"), groups: style.groups, channels: inner, epsilon: style.epsilon)
        firstConvolution = try Convolution2D(
            from: weights.scope("conv1"), in: inner, out: out, kernel: 3, padding: 1)
        time = try style.timeWidth.map { width in
            try Linear(
                from: weights.scope("time_emb_proj"), in: width,
                out: style.timeShift == .add ? out : 2 * out)
        }
        secondNorm = try GroupNorm(
            from: weights.scope("norm2"), groups: style.groups, channels: out, epsilon: style.epsilon)
        secondConvolution = try Convolution2D(
            from: weights.scope("conv2"), in: out, out: out, kernel: 3, padding: 1)
        shortcut =
            inner == out
            ? nil
            : try Convolution2D(
                from: weights.scope("conv_shortcut"), in: inner, out: out, kernel: 1, padding: 0)
    }

    /// - Parameters:
    ///   - x: `[batch, height, width, in]`.
    ///   - embedding: the activated time embedding `[batch, timeWidth]`, if the block takes one.
    /// - Returns: `[batch, height, width, out]`.
    func callAsFunction(_ x: Tensor, time embedding: Tensor? = nil) -> Tensor {
        let act = style.activation
        let sum: Tensor
        if let embedding, let time, style.timeShift == .scaleAndShift {
            let shift = time(embedding)
            let (batch, channels) = (shift.shape[0], shift.shape[1] / 2)
            let placed = shift.reshaped([batch, 1, 1, 2 * channels])
            let scale = placed.sliced(axis: 3, 0..<channels) + 1
            let inner = secondNorm(firstConvolution(x, after: firstNorm, then: act))
            sum = secondConvolution(
                act(inner * scale + placed.sliced(axis: 3, channels..<2 * channels)), plus: shortcut?(x) ?? x)
        } else {
            let shift = embedding.flatMap { embedding in time?(embedding).value }
            let inner = firstConvolution(x, after: firstNorm, then: act, shift: shift)
            sum = secondConvolution(inner, after: secondNorm, then: act, plus: shortcut?(x) ?? x)
        }
        return style.scale == 1 ? sum : sum / style.scale
    }
}
