// BLIP under its authors' names: the same features, and sizes told by the tensors.

import Arrays
import BLIP
import Checkpoints
import Testing
import Tokenizers

@Suite struct OriginalNamesTests {
    /// The renaming of transformers' conversion script, backwards and as plain replacements in order.
    private static let replacements = [
        ("embeddings.class_embedding", "cls_token"), ("embeddings.position_embedding", "pos_embed"),
        ("embeddings.patch_embedding", "patch_embed.proj"), ("encoder.layers", "blocks"),
        ("self_attn.projection", "attn.proj"), ("self_attn", "attn"), ("layer_norm", "norm"),
        ("post_layernorm", "norm"), ("vision_model", "visual_encoder"),
    ]

    private func original() throws -> [String: NDArray] {
        let file = try WeightFile.open(fixtures + "/tied/model.safetensors")
        var arrays: [String: NDArray] = [:]
        for name in file.names {
            let isVision = name.hasPrefix("vision_model")
            let renamed =
                isVision
                ? Self.replacements.reduce(name) { $0.replacing($1.0, with: $1.1) } : name
            arrays[renamed] = try file.array(name)
        }
        return arrays
    }

    @Test func theOriginalLayoutGivesTheSameFeatures() throws {
        let theirs = try BLIPCaptioner(folder: fixtures + "/tied")
        let ours = try BLIPCaptioner(
            theirs.configuration, from: try WeightScope(arrays: original()).mapped(by: .originalBLIP),
            tokenizer: theirs.tokenizer)
        let pixels = try SafetensorsFile(path: fixtures + "/expected.safetensors").array("pixels0")
        #expect(ours.features(of: pixels).scalars == theirs.features(of: pixels).scalars)
    }

    @Test func theTensorsTellTheSizes() throws {
        let told = try BLIPConfiguration(original: WeightScope(arrays: original()))
        let known = try BLIPCaptioner(folder: fixtures + "/tied").configuration
        #expect(
            told.vision.hiddenSize == known.vision.hiddenSize && told.vision.layers == known.vision.layers)
        #expect(told.vision.imageSize == known.vision.imageSize)
        #expect(told.vision.intermediateSize == known.vision.intermediateSize)
        #expect(told.text.vocabularySize == known.text.vocabularySize)
        #expect(told.text.positions == known.text.positions && told.text.layers == known.text.layers)
        #expect(told.text.intermediateSize == known.text.intermediateSize)
    }

    @Test func aStrangeTensorIsNamed() throws {
        var arrays = try original()
        arrays["visual_encoder.other"] = .zeros([1])
        let error = #expect(throws: CheckpointError.self) {
            try WeightScope(arrays: arrays).mapped(by: .originalBLIP)
        }
        #expect(try #require(error).description.contains("'visual_encoder.other'"))
    }
}
