// What, beside the prompt, steers a step of the denoiser.

import Arrays
import Autograd

/// ControlNets and changes of attention, for one prediction; empty by default, and then free.
public struct Steering: Sendable {
    /// Their residuals are added.
    public var controls: [ControlHint]
    /// Entries are those of the latents; guidance shifts them to the conditional half.
    public var attention: AttentionEdit?

    public init(controls: [ControlHint] = [], attention: AttentionEdit? = nil) {
        self.controls = controls
        self.attention = attention
    }

    /// What all ControlNets add together, nil if there are none.
    /// - Parameters:
    ///   - latents: `[batch, height, width, latentChannels]`, without the channels of inpainting.
    ///   - context: `[batch or 2 · batch, tokens, width]`; the latents are repeated for the second half.
    func residuals(_ latents: NDArray, timestep: Int, context: Tensor) -> ControlResiduals? {
        guard !controls.isEmpty else { return nil }
        let copies = context.shape[0] / latents.shape[0]
        let sample = Tensor.concatenated(Array(repeating: Tensor(latents), count: copies), axis: 0)
        return controls.map { $0.residuals(sample, timestep: timestep, context: context) }
            .reduce(nil) { sum, more in sum.map { $0 + more } ?? more }
    }
}
