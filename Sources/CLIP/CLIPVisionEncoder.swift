// CLIP's vision encoder: an image to one vector per patch and one for the whole image.

public import Arrays
public import Autograd
public import Checkpoints
import Layers

/// The vision encoder's output for a batch of images.
public struct CLIPVisionOutput: Sendable {
    /// The class token and one vector per patch, before the last norm, `[batch, 1 + patches, hiddenSize]`.
    public let tokens: Tensor
    /// The class token after the last norm, `[batch, hiddenSize]`.
    public let pooled: Tensor
    /// `pooled` in the space shared with text, `[batch, projectionSize]`, if the checkpoint has a projection.
    public let embedding: Tensor?
}

/// transformers' `CLIPVisionModel` and `CLIPVisionModelWithProjection`.
///
/// Source: Radford et al. 2021, section 2.4; transformers `modeling_clip.py`.
public struct CLIPVisionEncoder: Sendable {
    public let configuration: CLIPVisionConfiguration
    let patchEmbedding: Convolution2D
    let classToken: NDArray
    let positions: NDArray
    let firstNorm: LayerNorm
    let transformer: CLIPTransformer
    let lastNorm: LayerNorm
    let projection: Linear?

    /// Opens a folder with `config.json` and `model.safetensors`.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or lacks a tensor.
    public init(folder: String, precision: Precision = .float32) throws {
        let configuration = try loadConfiguration(CLIPVisionConfiguration.self, from: folder + "/config.json")
        let weights = try WeightScope.open(folder: folder).multiplied(in: precision)
        try self.init(configuration, from: weights)
        try weights.finish(ignoring: CLIPModel.unusedBuffers)
    }

    /// Builds the encoder from weights whose names start with `vision_model.` or, in newer files, do not.
    /// - Parameter projectionSize: width of the projected embedding, if the enclosing configuration has one.
    public init(
        _ configuration: CLIPVisionConfiguration, projectionSize: Int? = nil, from weights: WeightScope
    ) throws {
        let prefixed = weights.scope("vision_model")
        let model = prefixed.contains("embeddings.class_embedding") ? prefixed : weights
        let width = configuration.hiddenSize
        self.configuration = configuration
        patchEmbedding = try Convolution2D(
            from: model.scope("embeddings.patch_embedding"), in: configuration.channels, out: width,
            kernel: configuration.patchSize, stride: configuration.patchSize, padding: 0, bias: false)
        classToken = try model.tensor("embeddings.class_embedding", [width])
        positions = try model.tensor(
            "embeddings.position_embedding.weight", [configuration.tokenCount, width])
        // The name is misspelt in the published files.
        firstNorm = try LayerNorm(
            from: model.scope("pre_layrnorm"), size: width, epsilon: configuration.epsilon)
        transformer = try CLIPTransformer(configuration.transformerShape, from: model.scope("encoder"))
        lastNorm = try LayerNorm(
            from: model.scope("post_layernorm"), size: width, epsilon: configuration.epsilon)
        projection =
            weights.contains("visual_projection.weight")
            ? try Linear(
                from: weights.scope("visual_projection"), in: width,
                out: projectionSize ?? configuration.projectionSize, bias: false)
            : nil
    }

    /// Encodes images.
    /// - Parameter pixels: `[batch, imageSize, imageSize, channels]`, normalised as `CLIPImageProcessor` does.
    public func callAsFunction(_ pixels: Tensor) -> CLIPVisionOutput {
        let (size, width) = (configuration.imageSize, configuration.hiddenSize)
        let expected = [pixels.shape.first ?? 0, size, size, configuration.channels]
        precondition(pixels.shape == expected, "CLIP vision: pixels \(pixels.shape), expected \(expected)")
        let (batch, patches) = (expected[0], configuration.tokenCount - 1)
        let embedded = patchEmbedding(pixels).reshaped([batch, patches, width])
        let leads = Tensor(NDArray.zeros([batch, 1, width])) + Tensor(classToken)
        let placed = Tensor.concatenated([leads, embedded], axis: 1) + Tensor(positions)
        let tokens = transformer(firstNorm(placed))
        let pooled = lastNorm(tokens.sliced(axis: 1, 0..<1).reshaped([batch, width]))
        return CLIPVisionOutput(tokens: tokens, pooled: pooled, embedding: projection?(pooled))
    }
}

extension CLIPVisionConfiguration {
    var transformerShape: CLIPTransformer.Shape {
        CLIPTransformer.Shape(
            width: hiddenSize, inner: intermediateSize, layers: layerCount, heads: headCount,
            activation: activation,
            epsilon: epsilon)
    }
}
