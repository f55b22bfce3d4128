// The interface of the denoising network, so that additional control can wrap it.

import Arrays
public import Autograd

/// Predicts from noisy latents: the U-Net, or the U-Net with additional control.
public protocol Denoiser: Sendable {
    /// - Parameters:
    ///   - input: `[batch, height, width, inChannels]`.
    ///   - timestep: of the training schedule, fractions allowed.
    ///   - context: condition tokens `[batch, tokens, width]`; under guidance the unconditional half comes first.
    /// - Returns: `[batch, height, width, outChannels]`.
    func denoised(_ input: Tensor, timestep: Float, context: Tensor) -> Tensor

    /// The same for one step of a run, from 0 to `total` - 1, for control that applies to some steps only.
    func at(step: Int, of total: Int) -> Self
}

extension Denoiser {
    public func at(step: Int, of total: Int) -> Self { self }
}

extension SteeredUNet: Denoiser {}

extension UNet2DConditionModel: Denoiser {
    public func denoised(_ input: Tensor, timestep: Float, context: Tensor) -> Tensor {
        self(input, timesteps: [timestep], context: context)
    }
}

extension NDArray {
    /// Rescales each image towards the standard deviation of `other`.
    func rescaled(toDeviationOf other: NDArray, share: Float) -> NDArray {
        precondition(shape == other.shape, "guidance: outputs \(shape) and \(other.shape)")
        let parts = (0..<shape[0]).map { index in
            let (own, wanted) = (self[leading: index], other[leading: index].standardDeviation)
            let factor = own.standardDeviation > 0 ? wanted / own.standardDeviation : 1
            return Tensor((own * (share * factor + 1 - share)).reshaped([1] + own.shape))
        }
        return Tensor.concatenated(parts, axis: 0).value
    }

    private var standardDeviation: Float {
        let mean = total() / Double(max(count, 1))
        let centred = self - Float(mean)
        return Float((centred.dot(centred) / Double(max(count - 1, 1))).squareRoot())
    }
}
