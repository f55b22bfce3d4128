// The U-Net with ControlNets and attention editing.

public import Autograd

/// A U-Net with ControlNets and an attention edit, at one step of a run.
///
/// A `Denoiser` in place of the U-Net, with or without guidance.
public struct SteeredUNet: Sendable {
    public let unet: UNet2DConditionModel
    /// Their residuals are summed.
    public var controls: [ControlHint]
    public var edit: PromptEdit?
    private var place = (step: 0, total: 1)

    public init(_ unet: UNet2DConditionModel, controls: [ControlHint] = [], edit: PromptEdit? = nil) {
        (self.unet, self.controls, self.edit) = (unet, controls, edit)
    }

    /// The same at another step of a run, from 0 to `total` - 1; hints and edits apply to a share of the steps.
    public func at(step: Int, of total: Int) -> SteeredUNet {
        precondition((0..<total).contains(step), "SteeredUNet: step \(step) of \(total)")
        var moved = self
        moved.place = (step, total)
        return moved
    }

    /// Predicts from noisy latents.
    /// - Parameters:
    ///   - input: `[batch, height, width, inChannels]`.
    ///   - context: condition tokens `[batch, tokens, width]`; under guidance the unconditional half comes first.
    ///     With an edit, the number of conditional entries equals the edit's number of images.
    /// - Returns: `[batch, height, width, outChannels]`.
    public func denoised(_ input: Tensor, timestep: Float, context: Tensor) -> Tensor {
        let residuals = controls.filter { $0.isActive(at: place.step, of: place.total) }
            .map { $0.residuals(input, timestep: timestep, context: context) }
        return unet(
            input, timesteps: [timestep], context: context, control: residuals.sum,
            attention: attention(batch: input.shape[0]))
    }

    /// The edit of this step, with indices of the conditional entries, which are the last.
    private func attention(batch: Int) -> AttentionEdit? {
        guard let edit else { return nil }
        precondition(
            batch == edit.pictures || batch == 2 * edit.pictures,
            "SteeredUNet: a batch of \(batch) for an edit of \(edit.pictures) picture(s)")
        return edit.attention(at: place.step, of: place.total)?.shifted(by: batch - edit.pictures)
    }
}

extension [ControlResiduals] {
    /// Their sum, nil if there are none.
    fileprivate var sum: ControlResiduals? {
        first.map { first in dropFirst().reduce(first, +) }
    }
}
