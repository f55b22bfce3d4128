// CLIP's text encoder: token ids to one vector per token and one per prompt.

public import Arrays
public import Autograd
public import Checkpoints
import Layers

/// The text encoder's output for a batch of prompts.
public struct CLIPTextOutput: Sendable {
    /// One vector per token after the final norm, `[batch, tokens, hiddenSize]`; conditions Stable Diffusion.
    public let tokens: Tensor
    /// The vector at the end token, `[batch, hiddenSize]`.
    public let pooled: Tensor
    /// `pooled` in the space shared with images, `[batch, projectionSize]`, if the checkpoint has a projection.
    public let embedding: Tensor?
}

/// transformers' `CLIPTextModel` and `CLIPTextModelWithProjection`.
///
/// Source: Radford et al. 2021, section 2.4; transformers `modeling_clip.py`.
public struct CLIPTextEncoder: Sendable {
    public let configuration: CLIPTextConfiguration
    private(set) var tokenEmbedding: Embedding
    let positions: NDArray
    let transformer: CLIPTransformer
    let finalNorm: LayerNorm
    let projection: Linear?

    /// Number of tokens with an embedding; larger than in the configuration if textual inversions were added.
    public var vocabularySize: Int { tokenEmbedding.weight.shape[0] }

    /// Opens a folder with `config.json` and `model.safetensors`.
    /// - Parameter adapt: transforms the weights while they are loaded, for example merges adapters.
    /// - Throws: `CheckpointError` when a file is missing, describes another model, or lacks a tensor.
    public init(
        folder: String, precision: Precision = .float32,
        adapt: (WeightScope) throws -> WeightScope = { $0 }
    ) throws {
        let configuration = try loadConfiguration(CLIPTextConfiguration.self, from: folder + "/config.json")
        let weights = try adapt(WeightScope.open(folder: folder).multiplied(in: precision))
        try self.init(configuration, from: weights)
        try weights.finish(ignoring: CLIPModel.unusedBuffers)
    }

    /// Builds the encoder from weights whose names start with `text_model.` or, in newer files, do not.
    /// - Parameter projectionSize: width of the projected embedding, if the enclosing configuration has one.
    public init(
        _ configuration: CLIPTextConfiguration, projectionSize: Int? = nil, from weights: WeightScope
    ) throws {
        let prefixed = weights.scope("text_model")
        let model = prefixed.contains("embeddings.token_embedding.weight") ? prefixed : weights
        let width = configuration.hiddenSize
        self.configuration = configuration
        tokenEmbedding = try Embedding(
            from: model.scope("embeddings.token_embedding"), count: configuration.vocabularySize,
            size: width)
        positions = try model.tensor(
            "embeddings.position_embedding.weight", [configuration.positionCount, width])
        transformer = try CLIPTransformer(configuration.transformerShape, from: model.scope("encoder"))
        finalNorm = try LayerNorm(
            from: model.scope("final_layer_norm"), size: width, epsilon: configuration.epsilon)
        projection =
            weights.contains("text_projection.weight")
            ? try Linear(
                from: weights.scope("text_projection"), in: width,
                out: projectionSize ?? configuration.projectionSize, bias: false)
            : nil
    }

    /// The encoder with its token embeddings truncated at `first` and extended by other vectors.
    /// - Parameter vectors: `[count, hiddenSize]`, for the ids from `first` on.
    public func continuingVocabulary(at first: Int, with vectors: NDArray) -> CLIPTextEncoder {
        let table = tokenEmbedding.weight
        precondition(
            vectors.rank == 2 && vectors.shape[1] == table.shape[1] && (0...table.shape[0]).contains(first),
            "CLIP text: vectors \(vectors.shape) from id \(first) for a table of \(table.shape)")
        var encoder = self
        encoder.tokenEmbedding = Embedding(
            weight: table.changed(to: [first + vectors.shape[0], table.shape[1]]) {
                .concatenated([$0.leading(0..<first), vectors], axis: 0)
            })
        return encoder
    }

    /// Encodes prompts of equal length.
    /// - Parameter ids: `[batch][tokens]`, each id below the vocabulary size, at most `positionCount` of them.
    public func callAsFunction(_ ids: [[Int]]) -> CLIPTextOutput {
        let (batch, count, width) = (ids.count, ids.first?.count ?? 0, configuration.hiddenSize)
        precondition(
            count > 0 && count <= configuration.positionCount && ids.allSatisfy { $0.count == count },
            "CLIP text: prompts of \(ids.map(\.count)) tokens, expected equal lengths of 1 to \(configuration.positionCount)"
        )
        let embedded = tokenEmbedding(ids.flatMap { $0 }).reshaped([batch, count, width])
        let placed = embedded + Tensor(positions.leading(0..<count))
        let tokens = finalNorm(transformer(placed, mask: Tensor(causalMask(count))))
        let ends = ids.enumerated().map { $0.offset * count + endPosition(in: $0.element) }
        let pooled = tokens.reshaped([batch * count, width]).gathered(rows: ends)
        return CLIPTextOutput(tokens: tokens, pooled: pooled, embedding: projection?(pooled))
    }

    /// The position of a prompt's pooled token.
    ///
    /// Files written before transformers' change #24773 have 2, which means the position of the largest id; the
    /// others have the end token's id, whose first position is used because padding may repeat it.
    func endPosition(in ids: [Int]) -> Int {
        let end = configuration.endToken == 2 ? ids.max() : configuration.endToken
        return ids.firstIndex { $0 == end } ?? 0
    }
}

/// The additive causal mask, in which token i attends to tokens 0…i, `[count, count]`.
private func causalMask(_ count: Int) -> NDArray {
    NDArray(shape: [count, count]) { scores in
        for row in 0..<count {
            for column in 0..<count {
                scores[row * count + column] = column <= row ? 0 : -.infinity
            }
        }
    }
}

extension CLIPTextConfiguration {
    var transformerShape: CLIPTransformer.Shape {
        CLIPTransformer.Shape(
            width: hiddenSize, inner: intermediateSize, layers: layerCount, heads: headCount,
            activation: activation,
            epsilon: epsilon)
    }
}
