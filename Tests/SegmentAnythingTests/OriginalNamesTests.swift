// SAM under its authors' names: the same masks, and sizes told by the tensors.

import Arrays
import Checkpoints
import SegmentAnything
import TestSupport
import Testing

@Suite struct OriginalNamesTests {
    /// The renaming of transformers' conversion script, backwards and as plain replacements in order.
    private static let replacements = [
        (
            "shared_image_embedding.positional_embedding",
            "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"
        ),
        ("vision_encoder", "image_encoder"), (".layer_norm_final_attn", ".norm_final_attn"),
        ("neck.conv1", "neck.0"), ("neck.layer_norm1", "neck.1"), ("neck.conv2", "neck.2"),
        ("neck.layer_norm2", "neck.3"), ("mask_embed.conv1", "mask_downscaling.0"),
        ("mask_embed.layer_norm1", "mask_downscaling.1"), ("mask_embed.conv2", "mask_downscaling.3"),
        ("mask_embed.layer_norm2", "mask_downscaling.4"), ("mask_embed.conv3", "mask_downscaling.6"),
        ("patch_embed.projection", "patch_embed.proj"), ("image_encoder.layers", "image_encoder.blocks"),
        ("upscale_layer_norm", "output_upscaling.1"), (".layer_norm", ".norm"),
        (".point_embed.", ".point_embeddings."), ("upscale_conv1", "output_upscaling.0"),
        ("upscale_conv2", "output_upscaling.3"),
    ]

    private static func original(_ name: String) -> String? {
        guard name != "prompt_encoder.shared_embedding.positional_embedding" else { return nil }
        var name = name
        for (from, to) in replacements { name = name.replacing(from, with: to) }
        guard name.contains("iou_prediction_head") || name.contains("output_hypernetworks_mlps") else {
            return name
        }
        name = name.replacing(".layers.0.", with: ".layers.1.")
        return name.replacing(".proj_in.", with: ".layers.0.").replacing(".proj_out.", with: ".layers.2.")
    }

    /// The tiny model's file under the original names.
    private func writeOriginal(to path: String, leavingOut left: String = "", adding: String? = nil) throws {
        let file = try WeightFile.open(fixtures + "/sam/model.safetensors")
        var tensors: [(name: String, array: NDArray)] = []
        for name in file.names {
            guard let renamed = Self.original(name), renamed != left else { continue }
            tensors.append((renamed, try file.array(name)))
        }
        if let adding { tensors.append((adding, .zeros([1]))) }
        try SafetensorsWriter.write(tensors, to: path)
    }

    @Test func theOriginalLayoutGivesTheSameMasks() throws {
        let fixture = try SAMFixture()
        try withTemporaryFolder { folder in
            try writeOriginal(to: folder + "/sam.safetensors")
            let path = folder + "/sam.safetensors"
            let told = try SegmentAnythingModel(original: path)
            #expect(told.configuration.vision == fixture.model.configuration.vision)
            let pixels = try fixture.array("pixels")
            expectIdentical(told.features(of: pixels), fixture.model.features(of: pixels))
            // The tiny decoder has two heads, and no tensor tells how many.
            let model = try SegmentAnythingModel(
                fixture.model.configuration,
                from: try WeightScope.open(path).mapped(by: .originalSegmentAnything))
            let embedding = { (model: SegmentAnythingModel) in
                model.embedding(features: model.features(of: pixels), height: 48, width: 64)
            }
            let prompt = Prompt(points: [Prompt.Point(x: 20, y: 17, isForeground: true)])
            let (ours, theirs) = (
                try model.predict(prompt, on: embedding(model)),
                try fixture.model.predict(prompt, on: embedding(fixture.model))
            )
            #expect(ours.count == theirs.count)
            for (a, b) in zip(ours, theirs) { expectIdentical(a.logits, b.logits) }
        }
    }

    @Test func whatIsMissingOrTooMuchIsNamed() throws {
        func refusal(leavingOut: String = "", adding: String? = nil) throws -> String {
            try withTemporaryFolder { folder in
                try writeOriginal(to: folder + "/a.safetensors", leavingOut: leavingOut, adding: adding)
                let error = #expect(throws: CheckpointError.self) {
                    try SegmentAnythingModel(original: folder + "/a.safetensors")
                }
                return try #require(error).description
            }
        }
        #expect(
            try refusal(leavingOut: "image_encoder.neck.2.weight").contains("neck.conv2.weight' is missing"))
        #expect(try refusal(leavingOut: "image_encoder.pos_embed").contains("pos_embed"))
        #expect(try refusal(adding: "image_encoder.other.weight").contains("'image_encoder.other.weight'"))
    }
}
