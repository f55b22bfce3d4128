// The `config.json` of a BLIP checkpoint, with the file's own keys.

public import Checkpoints
public import Layers

/// Sizes of BLIP's image encoder and text decoder; absent keys take the values of transformers' `BlipConfig`.
public struct BLIPConfiguration: CheckedConfiguration, Sendable, Hashable {
    public var vision = Vision()
    public var text = Text()
    /// Whether the output layer shares the word embeddings.
    public var tiesEmbeddings = true

    /// The image encoder, a plain vision transformer with a class token.
    public struct Vision: Decodable, Sendable, Hashable {
        public var hiddenSize = 768
        public var intermediateSize = 3072
        public var layers = 12
        public var heads = 12
        /// Side of the square input in pixels.
        public var imageSize = 384
        public var patchSize = 16
        public var activation = Activation.gelu
        public var layerNormEpsilon: Float = 1e-5

        /// Patches along a side of the image.
        public var grid: Int { imageSize / patchSize }
    }

    /// The text decoder, BERT with cross attention to the image.
    public struct Text: Decodable, Sendable, Hashable {
        public var vocabularySize = 30524
        public var hiddenSize = 768
        public var intermediateSize = 3072
        public var layers = 12
        public var heads = 8
        public var positions = 512
        public var activation = Activation.gelu
        public var layerNormEpsilon: Float = 1e-12
        /// The first token of every caption, `[DEC]`.
        public var beginID = 30522
        public var paddingID = 0
        /// The token that ends a caption, `[SEP]`.
        public var endID = 102
        /// Default maximum number of tokens in a caption, including begin token, prompt and end token.
        public var longestCaption = 20
        public var tiesEmbeddings = true
    }

    public init() {}
}

extension BLIPConfiguration {
    enum CodingKeys: String, CodingKey {
        case vision = "vision_config"
        case text = "text_config"
        case tiesEmbeddings = "tie_word_embeddings"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        vision = try values.decode(Vision.self, forKey: .vision)
        text = try values.decode(Text.self, forKey: .text)
        tiesEmbeddings = try values.decodeIfPresent(Bool.self, forKey: .tiesEmbeddings) ?? tiesEmbeddings
    }

    public func check() throws {
        typealias Problem = ConfigurationProblem
        let (v, t) = (vision, text)
        let sizes = [
            ("vision_config.hidden_size", v.hiddenSize),
            ("vision_config.intermediate_size", v.intermediateSize),
            ("vision_config.patch_size", v.patchSize), ("text_config.hidden_size", t.hiddenSize),
            ("text_config.intermediate_size", t.intermediateSize),
        ]
        for (key, value) in sizes { try Problem.require(key, value, in: 1...1 << 16) }
        // The prompt takes twelve tokens if it is spelt in single letters.
        try Problem.require("text_config.max_position_embeddings", t.positions, in: 16...1 << 16)
        try Problem.require("text_config.max_length", t.longestCaption, in: 16...1 << 16)
        try Problem.require("vision_config.image_size", v.imageSize, in: 8...4096)
        try Problem.require("vision_config.num_hidden_layers", v.layers, in: 1...1000)
        try Problem.require("text_config.num_hidden_layers", t.layers, in: 1...1000)
        try Problem.require("text_config.vocab_size", t.vocabularySize, in: 2...1 << 24)
        try Problem.require("vision_config.patch_size", v.patchSize, divides: "image_size", v.imageSize)
        try Problem.require(
            "vision_config.num_attention_heads", v.heads, divides: "hidden_size", v.hiddenSize)
        try Problem.require("text_config.num_attention_heads", t.heads, divides: "hidden_size", t.hiddenSize)
        let ids = 0...t.vocabularySize - 1
        try Problem.require("text_config.bos_token_id", t.beginID, in: ids)
        try Problem.require("text_config.sep_token_id", t.endID, in: ids)
        try Problem.require("text_config.pad_token_id", t.paddingID, in: ids)
    }
}

// MARK: - Decoding

extension BLIPConfiguration.Vision {
    enum CodingKeys: String, CodingKey {
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case activation = "hidden_act"
        case layerNormEpsilon = "layer_norm_eps"
    }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationOverlay(decoder, keyedBy: CodingKeys.self)
        try file.read(.hiddenSize, &hiddenSize)
        try file.read(.intermediateSize, &intermediateSize)
        try file.read(.layers, &layers)
        try file.read(.heads, &heads)
        try file.read(.imageSize, &imageSize)
        try file.read(.patchSize, &patchSize)
        try file.read(.activation, &activation)
        try file.read(.layerNormEpsilon, &layerNormEpsilon)
    }
}

extension BLIPConfiguration.Text {
    enum CodingKeys: String, CodingKey {
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case positions = "max_position_embeddings"
        case activation = "hidden_act"
        case layerNormEpsilon = "layer_norm_eps"
        case beginID = "bos_token_id"
        case paddingID = "pad_token_id"
        case endID = "sep_token_id"
        case longestCaption = "max_length"
        case tiesEmbeddings = "tie_word_embeddings"
    }

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationOverlay(decoder, keyedBy: CodingKeys.self)
        try file.read(.vocabularySize, &vocabularySize)
        try file.read(.hiddenSize, &hiddenSize)
        try file.read(.intermediateSize, &intermediateSize)
        try file.read(.layers, &layers)
        try file.read(.heads, &heads)
        try file.read(.positions, &positions)
        try file.read(.activation, &activation)
        try file.read(.layerNormEpsilon, &layerNormEpsilon)
        try file.read(.beginID, &beginID)
        try file.read(.paddingID, &paddingID)
        try file.read(.endID, &endID)
        try file.read(.longestCaption, &longestCaption)
        try file.read(.tiesEmbeddings, &tiesEmbeddings)
    }
}
