// A ControlNet with the picture that it steers by.

import Arrays
import Autograd
public import Images

/// A picture for a ControlNet, embedded once for all steps, and how strongly and when it counts.
public struct ControlHint: Sendable {
    public let net: ControlNet
    /// Factor of the residuals; 1 is as trained.
    public var scale: Float
    /// The share of a run's steps in which it counts.
    public var span: ClosedRange<Float>
    private let embedding: Tensor
    private let width: Int
    private let height: Int

    /// - Parameters:
    ///   - picture: what the ControlNet was trained on (edges, a sketch, depth; see `ControlPicture`), as large as
    ///     the picture to be made; alpha is dropped.
    ///   - span: within 0…1.
    /// - Throws: `GenerationError` when the picture's size is not a multiple of the ControlNet's downscale.
    public init(
        _ picture: Image, for net: ControlNet, scale: Float = 1, span: ClosedRange<Float> = 0...1
    ) throws {
        let side = net.configuration.downscale
        guard picture.width % side == 0, picture.height % side == 0 else {
            throw GenerationError(
                description:
                    "a ControlNet picture of \(picture.width) x \(picture.height) is not possible: this one takes multiples of \(side)"
            )
        }
        guard [1, 3].contains(net.configuration.pictureChannels) else {
            throw GenerationError(
                description:
                    "a ControlNet that reads \(net.configuration.pictureChannels) channels is not supported; 1 and 3 are"
            )
        }
        let values = net.configuration.pictureChannels == 1 ? picture.grey : picture.rgb
        (self.net, self.scale, self.span) = (net, scale, span)
        (width, height) = (picture.width, picture.height)
        embedding = net.embedding(of: Tensor(values.pixels.reshaped([1] + values.pixels.shape)))
    }

    /// Whether the hint counts in a step: the step lies whole within the span.
    /// - Parameter step: from 0 to `total` - 1.
    public func isActive(at step: Int, of total: Int) -> Bool {
        Float(step) / Float(total) >= span.lowerBound && Float(step + 1) / Float(total) <= span.upperBound
    }

    /// - Parameter input: `[batch, height, width, channels]`; the channels that inpainting adds are left out.
    func residuals(_ input: Tensor, timestep: Float, context: Tensor) -> ControlResiduals {
        let channels = net.configuration.network.inChannels
        precondition(input.shape[3] >= channels, "ControlNet: \(input.shape) for \(channels) channels")
        let sample = input.shape[3] == channels ? input : input.sliced(axis: 3, 0..<channels)
        return net(sample, timesteps: [timestep], context: context, hint: embedding) * scale
    }

    /// Checks that the hint is for pictures of this size, made by this pipeline.
    /// - Throws: `GenerationError` saying what does not fit.
    func check(_ width: Int, _ height: Int, _ pipeline: DiffusionPipeline) throws {
        guard (self.width, self.height) == (width, height) else {
            throw GenerationError(
                description: "a ControlNet picture of \(self.width) x \(self.height) cannot steer one of "
                    + "\(width) x \(height)")
        }
        if let reason = net.misfit(with: pipeline) { throw GenerationError(description: reason) }
    }
}
