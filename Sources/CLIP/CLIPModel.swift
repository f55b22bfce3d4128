// A whole CLIP checkpoint: both encoders and the similarity between pictures and prompts.

public import Arrays
import Autograd
import Checkpoints
import Foundation

/// transformers' `CLIPModel`: pictures and prompts in one space.
public struct CLIPModel: Sendable {
    public let text: CLIPTextEncoder
    public let vision: CLIPVisionEncoder
    /// The learned inverse temperature, before the exponential.
    public let logScale: Float

    /// Index buffers that old files carry and that hold no weights.
    package static let unusedBuffers = [
        "text_model.embeddings.position_ids", "vision_model.embeddings.position_ids",
    ]

    /// Opens a folder with `config.json` and `model.safetensors`.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or lacks a tensor.
    public init(folder: String) throws {
        let configuration = try loadConfiguration(CLIPConfiguration.self, from: folder + "/config.json")
        let weights = try WeightScope.open(folder: folder)
        let size = configuration.projectionSize
        text = try CLIPTextEncoder(configuration.text, projectionSize: size, from: weights)
        vision = try CLIPVisionEncoder(configuration.vision, projectionSize: size, from: weights)
        logScale = try weights.tensor("logit_scale", []).scalars[0]
        try weights.finish(ignoring: CLIPModel.unusedBuffers)
    }

    /// Scaled cosine similarities `[pictures, prompts]` of projected embeddings; a softmax over a row gives the
    /// probability of each prompt for that picture.
    public func similarities(images: NDArray, texts: NDArray) -> NDArray {
        let scaled = Tensor(images).unitRows() * Foundation.exp(logScale)
        return scaled.matmul(Tensor(texts).unitRows(), transposeOther: true).value
    }
}

extension Tensor {
    fileprivate func unitRows() -> Tensor { self / square().sum(axis: -1, keepDims: true).sqrt() }
}
