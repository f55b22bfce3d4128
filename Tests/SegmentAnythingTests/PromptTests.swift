// Rules for prompts and outputs, and refusals.

import Arrays
import Checkpoints
import Foundation
import Images
import SegmentAnything
import TestSupport
import Testing

@Suite struct PromptTests {
    private let fixture: SAMFixture
    private let embedding: ImageEmbedding

    init() throws {
        fixture = try SAMFixture()
        embedding = fixture.model.encode(Image(try fixture.array("picture")))
    }

    private func indices(_ name: String) throws -> [Int] {
        try fixture.model.predict(fixture.prompt(name), on: embedding).map(\.index)
    }

    @Test func oneClickGivesAlternativesAndMoreGivesOneMask() throws {
        #expect(try indices("point") == [1, 2, 3])
        for name in ["points", "box", "point_box", "box_mask", "mask", "all"] {
            #expect(try indices(name) == [0], "\(name)")
        }
    }

    @Test func predictionsAreOfThePicturesSize() throws {
        for prediction in try fixture.model.predict(fixture.prompt("point"), on: embedding) {
            #expect(prediction.logits.shape == [37, 50])
            #expect(prediction.lowResolutionLogits.shape == [32, 32])
        }
    }

    @Test func anEarlierMaskCanBeRefined() throws {
        let first = try fixture.model.predict(fixture.prompt("box"), on: embedding)[0]
        var prompt = try fixture.prompt("box")
        prompt.mask = first.lowResolutionLogits
        let second = try fixture.model.predict(prompt, on: embedding)[0]
        #expect(second.lowResolutionLogits.scalars != first.lowResolutionLogits.scalars)
    }

    @Test(arguments: [
        (Prompt(), "nothing is selected"),
        (Prompt(points: [.init(x: 50, y: 3)]), "outside the picture of 50 × 37"),
        (Prompt(points: [.init(x: 3, y: -0.5)]), "outside"),
        (Prompt(points: [.init(x: .nan, y: 3)]), "outside"),
        (Prompt(box: .init(left: 10, top: 10, right: 10, bottom: 20)), "is empty"),
        (Prompt(box: .init(left: 10, top: 10, right: 60, bottom: 20)), "reaches outside"),
        (Prompt(mask: .zeros([37, 50])), "32 × 32"),
    ])
    func impossiblePromptsAreRefused(prompt: Prompt, reason: String) {
        #expect {
            _ = try fixture.model.predict(prompt, on: embedding)
        } throws: { error in
            let message = "\(error)"
            return error is SegmentAnythingError && message.contains(reason) && !message.contains("\n")
        }
    }
}

@Suite struct ConfigurationTests {
    private func refusal(_ edit: (inout [String: Any]) -> Void) throws -> String {
        try withTemporaryFolder { folder in
            let data = try Data(contentsOf: URL(filePath: fixtures + "/sam/config.json"))
            var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            edit(&object)
            try JSONSerialization.data(withJSONObject: object).write(
                to: URL(filePath: folder + "/config.json"))
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/model.safetensors",
                withDestinationPath: fixtures + "/sam/model.safetensors")
            do {
                _ = try SegmentAnythingModel(folder: folder)
                return ""
            } catch let error as CheckpointError {
                return "\(error)"
            }
        }
    }

    private func refusal(part: String, _ key: String, _ value: Any) throws -> String {
        try refusal { object in
            var inner = object[part] as? [String: Any] ?? [:]
            inner[key] = value
            object[part] = inner
        }
    }

    @Test func wrongSizesAreNamed() throws {
        for (part, key, value) in [
            ("vision_config", "num_attention_heads", 0), ("vision_config", "num_attention_heads", 7),
            ("vision_config", "patch_size", 0), ("vision_config", "patch_size", 7),
            ("vision_config", "hidden_size", -4),
            ("vision_config", "image_size", 1 << 40), ("mask_decoder_config", "hidden_size", 32),
            ("mask_decoder_config", "iou_head_depth", 1), ("prompt_encoder_config", "image_size", 32),
        ] as [(String, String, Int)] {
            let message = try refusal(part: part, key, value)
            #expect(message.contains(key), "\(key): \(message)")
        }
        #expect(try refusal(part: "vision_config", "hidden_act", "swoosh").contains("swoosh"))
        #expect(try refusal { $0["model_type"] = "blip" }.contains("'blip'"))
        #expect(try refusal { $0["vision_config"] = nil }.contains("vision_config"))
    }

    @Test func leftOverAndMissingTensorsAreNamed() throws {
        #expect(
            try refusal(part: "vision_config", "num_hidden_layers", 2).contains("vision_encoder.layers.2"))
        #expect(
            try refusal(part: "vision_config", "num_hidden_layers", 4).contains("vision_encoder.layers.3"))
        #expect(try refusal(part: "vision_config", "window_size", 4).contains("rel_pos_h"))
    }
}
