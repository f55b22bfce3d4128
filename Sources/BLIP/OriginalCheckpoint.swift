// BLIP in its authors' layout: one file with other tensor names and without a configuration.

public import Arrays
public import Checkpoints
public import Tokenizers

extension KeyTable {
    /// From the names of `salesforce/BLIP`'s captioner to those of transformers' `BlipForConditionalGeneration`; the
    /// decoder's names are the same in both.
    public static let originalBLIP =
        KeyTable([
            .move("cls_token", to: "embeddings.class_embedding"),
            .move("pos_embed", to: "embeddings.position_embedding"),
            .move("patch_embed.proj.*", to: "embeddings.patch_embedding.*"),
            .move("blocks.*.norm1.*", to: "encoder.layers.*.layer_norm1.*"),
            .move("blocks.*.attn.qkv.*", to: "encoder.layers.*.self_attn.qkv.*"),
            .move("blocks.*.attn.proj.*", to: "encoder.layers.*.self_attn.projection.*"),
            .move("blocks.*.norm2.*", to: "encoder.layers.*.layer_norm2.*"),
            .move("blocks.*.mlp.*.*", to: "encoder.layers.*.mlp.*.*"),
            .move("norm.*", to: "post_layernorm.*"),
        ]).under("visual_encoder.", to: "vision_model.")
        + KeyTable([.move("text_decoder.**", to: "text_decoder.**")])
}

extension BLIPConfiguration {
    /// The configuration of a captioner in the original layout.
    ///
    /// Inferred from the tensors, except the width of a head (64 in every published model) and the epsilons of the
    /// norms, which are those of the authors' program.
    /// - Throws: `CheckpointError` if a tensor is missing from which a size is inferred.
    package init(original weights: WeightScope) throws {
        self.init()
        func extents(_ name: String, _ rank: Int) throws -> [Int] {
            try weights.extents(of: name, rank: rank)
        }
        let patch = try extents("visual_encoder.patch_embed.proj.weight", 4)
        let patches = try extents("visual_encoder.pos_embed", 3)[1] - 1
        let words = try extents("text_decoder.bert.embeddings.word_embeddings.weight", 2)
        vision.hiddenSize = patch[0]
        vision.patchSize = patch[2]
        vision.imageSize = Int(Double(patches).squareRoot().rounded()) * patch[2]
        vision.layers =
            (0..<1000).prefix { weights.contains("visual_encoder.blocks.\($0).norm1.weight") }.count
        vision.heads = max(patch[0] / 64, 1)
        vision.intermediateSize = try extents("visual_encoder.blocks.0.mlp.fc1.weight", 2)[0]
        vision.layerNormEpsilon = 1e-6
        (text.vocabularySize, text.hiddenSize) = (words[0], words[1])
        text.heads = max(words[1] / 64, 1)
        text.positions = try extents("text_decoder.bert.embeddings.position_embeddings.weight", 2)[0]
        let layer = "text_decoder.bert.encoder.layer"
        text.layers = (0..<1000).prefix { weights.contains("\(layer).\($0).output.dense.weight") }.count
        text.intermediateSize = try extents("\(layer).0.intermediate.dense.weight", 2)[0]
    }
}

extension BLIPCaptioner {
    /// Opens a captioner's file in the layout of BLIP's authors (for example `model_base_caption_capfilt_large.pth`).
    /// - Parameter tokenizer: BERT's vocabulary with the two tokens that BLIP adds, which the file does not contain.
    /// - Throws: `CheckpointError` when the file is damaged or of another kind of model.
    public init(
        original path: String, tokenizer: BERTTokenizer, precision: Precision = .float32
    ) throws {
        let weights = try WeightScope.open(path).multiplied(in: precision)
        let configuration = try BLIPConfiguration(original: weights)
        do {
            try configuration.check()
        } catch let problem as ConfigurationProblem {
            throw CheckpointError(
                path: path, reason: "its tensors describe no usable model: '\(problem.key)' \(problem.reason)"
            )
        }
        try self.init(configuration, from: try weights.mapped(by: .originalBLIP), tokenizer: tokenizer)
    }
}
