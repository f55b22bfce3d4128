// The configuration of CLIP's encoders in `config.json`.

public import Layers

/// The settings of a CLIP text encoder.
///
/// Defaults are those of transformers' `CLIPTextConfig`.
public struct CLIPTextConfiguration: Decodable, Sendable, Hashable {
    public let vocabularySize: Int
    public let hiddenSize: Int
    public let intermediateSize: Int
    public let layerCount: Int
    public let headCount: Int
    /// Maximum sequence length in tokens.
    public let positionCount: Int
    public let activation: Activation
    public let epsilon: Float
    /// The id of the end token; 2 in files of 2022, which means pooling at the largest id.
    public let endToken: Int
    /// Width of the projected embedding, if the checkpoint has a projection.
    public let projectionSize: Int

    enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case positionCount = "max_position_embeddings"
        case activation = "hidden_act"
        case epsilon = "layer_norm_eps"
        case endToken = "eos_token_id"
        case projectionSize = "projection_dim"
    }

    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        try file.requireKind(["clip_text_model"], at: .modelType, name: "a CLIP text encoder")
        vocabularySize = try file.size(.vocabularySize, default: 49408)
        hiddenSize = try file.size(.hiddenSize, default: 512)
        intermediateSize = try file.size(.intermediateSize, default: 2048)
        layerCount = try file.size(.layerCount, default: 12)
        headCount = try file.size(.headCount, default: 8)
        positionCount = try file.size(.positionCount, default: 77)
        activation = try file.decodeIfPresent(Activation.self, forKey: .activation) ?? .quickGELU
        epsilon = try file.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-5
        endToken = try file.decodeIfPresent(Int.self, forKey: .endToken) ?? 49407
        projectionSize = try file.size(.projectionSize, default: 512)
        try file.requireWholeHeads(hiddenSize, headCount, at: .headCount)
    }
}

/// The settings of a CLIP vision encoder.
///
/// Defaults are those of transformers' `CLIPVisionConfig`.
public struct CLIPVisionConfiguration: Decodable, Sendable, Hashable {
    public let hiddenSize: Int
    public let intermediateSize: Int
    public let layerCount: Int
    public let headCount: Int
    /// Channels of the image: 3, or 4 for images with alpha.
    public let channels: Int
    /// Side of the square image, in pixels.
    public let imageSize: Int
    public let patchSize: Int
    public let activation: Activation
    public let epsilon: Float
    /// Width of the projected embedding, if the checkpoint has a projection.
    public let projectionSize: Int

    /// Number of patches plus the class token.
    public var tokenCount: Int { (imageSize / patchSize) * (imageSize / patchSize) + 1 }

    enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case channels = "num_channels"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case activation = "hidden_act"
        case epsilon = "layer_norm_eps"
        case projectionSize = "projection_dim"
    }

    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        try file.requireKind(["clip_vision_model"], at: .modelType, name: "a CLIP vision encoder")
        hiddenSize = try file.size(.hiddenSize, default: 768)
        intermediateSize = try file.size(.intermediateSize, default: 3072)
        layerCount = try file.size(.layerCount, default: 12)
        headCount = try file.size(.headCount, default: 12)
        channels = try file.size(.channels, default: 3)
        imageSize = try file.size(.imageSize, default: 224)
        patchSize = try file.size(.patchSize, default: 32)
        activation = try file.decodeIfPresent(Activation.self, forKey: .activation) ?? .quickGELU
        epsilon = try file.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-5
        projectionSize = try file.size(.projectionSize, default: 512)
        try file.requireWholeHeads(hiddenSize, headCount, at: .headCount)
        guard patchSize <= imageSize else {
            throw DecodingError.dataCorruptedError(
                forKey: .patchSize, in: file,
                debugDescription: "a patch of \(patchSize) exceeds image_size \(imageSize)")
        }
    }
}

/// The settings of a CLIP model: both encoders and their shared embedding space.
public struct CLIPConfiguration: Decodable, Sendable, Hashable {
    public let text: CLIPTextConfiguration
    public let vision: CLIPVisionConfiguration
    /// Width of the shared embedding space.
    public let projectionSize: Int

    enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case text = "text_config"
        case vision = "vision_config"
        // Files of 2022 contain the settings twice; these take precedence.
        case textOverride = "text_config_dict"
        case visionOverride = "vision_config_dict"
        case projectionSize = "projection_dim"
    }

    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        try file.requireKind(["clip"], at: .modelType, name: "a whole CLIP model")
        text =
            try file.decodeIfPresent(CLIPTextConfiguration.self, forKey: .textOverride)
            ?? file.decode(CLIPTextConfiguration.self, forKey: .text)
        vision =
            try file.decodeIfPresent(CLIPVisionConfiguration.self, forKey: .visionOverride)
            ?? file.decode(CLIPVisionConfiguration.self, forKey: .vision)
        projectionSize = try file.size(.projectionSize, default: 512)
    }
}

// MARK: Decoding helpers

extension KeyedDecodingContainer {
    /// A positive integer, small enough that products of a few cannot overflow.
    func size(_ key: Key, default value: Int) throws -> Int {
        let size = try decodeIfPresent(Int.self, forKey: key) ?? value
        guard (1...1 << 20).contains(size) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "\(size) is not a size from 1 to \(1 << 20)")
        }
        return size
    }

    /// Rejects a file of another kind of model.
    func requireKind(_ kinds: [String], at key: Key, name: String) throws {
        guard let kind = try decodeIfPresent(String.self, forKey: key), !kinds.contains(kind) else { return }
        throw DecodingError.dataCorruptedError(
            forKey: key, in: self, debugDescription: "the file describes '\(kind)', not \(name)")
    }

    /// Rejects a width that is not a multiple of the number of heads.
    func requireWholeHeads(_ width: Int, _ heads: Int, at key: Key) throws {
        guard width.isMultiple(of: heads) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "\(heads) heads do not divide a width of \(width)")
        }
    }
}
