// Checkpoints of other kinds, and files that do not fit together, are refused by name in one line.

import Arrays
import BLIP
import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite struct RefusalTests {
    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func wrongValuesAreNamed() throws {
        func message(_ part: String, _ key: String, _ value: Any) throws -> String {
            try withTemporaryFolder { folder in
                let data = try Data(contentsOf: URL(filePath: fixtures + "/tied/config.json"))
                var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                if part.isEmpty {
                    object[key] = value
                } else {
                    var inner = object[part] as? [String: Any] ?? [:]
                    inner[key] = value
                    object[part] = inner
                }
                try JSONSerialization.data(withJSONObject: object).write(
                    to: URL(filePath: folder + "/config.json"))
                for name in ["vocab.txt", "model.safetensors"] {
                    try FileManager.default.copyItem(
                        atPath: fixtures + "/tied/" + name, toPath: folder + "/" + name)
                }
                return refusal { _ = try BLIPCaptioner(folder: folder) }
            }
        }
        #expect(try message("", "model_type", "sam").contains("'sam'"))
        #expect(try message("vision_config", "num_attention_heads", 0).contains("num_attention_heads"))
        #expect(try message("text_config", "bos_token_id", 1000).contains("bos_token_id"))
        #expect(try message("text_config", "vocab_size", 20).contains("bos_token_id"))
        #expect(try message("text_config", "hidden_act", "swoosh").contains("swoosh"))
        #expect(try message("text_config", "num_hidden_layers", 1).contains("layer.1"))
        #expect(try message("vision_config", "image_size", 40).contains("position_embedding"))
    }

    @Test func aFolderWithoutTokenizerIsNamed() throws {
        try withTemporaryFolder { folder in
            for name in ["config.json", "model.safetensors"] {
                try FileManager.default.copyItem(
                    atPath: fixtures + "/tied/" + name, toPath: folder + "/" + name)
            }
            #expect(refusal { _ = try BLIPCaptioner(folder: folder) }.contains("vocab.txt"))
        }
    }
}
