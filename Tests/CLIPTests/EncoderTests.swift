// CLIP's encoders against PyTorch on tiny random models.

import Arrays
import Autograd
import CLIP
import Checkpoints
import Foundation
import TestSupport
import Testing

/// A model folder among the fixtures, with the case recorded beside it.
private struct Case {
    let folder: String
    let file: Fixture

    init(_ name: String) throws {
        folder = Fixture.folder() + "/" + name
        file = try Fixture(name + "/case")
    }

    func ids() throws -> [[Int]] {
        let ids = try file["ids"]
        return (0..<ids.shape[0]).map { ids[leading: $0].scalars.map { Int($0) } }
    }
}

@Suite struct CLIPTextEncoderTests {
    @Test(arguments: ["text_old_eos", "text_new_eos"])
    func matchesTheReference(name: String) throws {
        let example = try Case(name)
        let output = try CLIPTextEncoder(folder: example.folder)(try example.ids())
        expectClose(output.tokens.value, try example.file["last_hidden_state"], relative: 1e-5, name)
        expectClose(output.pooled.value, try example.file["pooled"], relative: 1e-5, name)
        #expect(output.embedding == nil)
    }

    @Test func projectsWhereTheFileHasAProjection() throws {
        let example = try Case("text_projection")
        let output = try CLIPTextEncoder(folder: example.folder)(try example.ids())
        let embedding = try #require(output.embedding)
        expectClose(embedding.value, try example.file["embeds"], relative: 1e-5)
    }

    @Test func laterTokensDoNotChangeEarlierOnes() throws {
        let example = try Case("text_new_eos")
        let encoder = try CLIPTextEncoder(folder: example.folder)
        var ids = try example.ids()
        let before = encoder(ids).tokens.sliced(axis: 1, 0..<6).value
        for prompt in ids.indices { ids[prompt][6] = 5 }
        expectClose(encoder(ids).tokens.sliced(axis: 1, 0..<6).value, before, relative: 1e-6)
    }
}

@Suite struct CLIPVisionEncoderTests {
    @Test(arguments: ["vision", "vision_rgba"])
    func matchesTheReference(name: String) throws {
        let example = try Case(name)
        let output = try CLIPVisionEncoder(folder: example.folder)(Tensor(try example.file["pixels"]))
        expectClose(output.tokens.value, try example.file["last_hidden_state"], relative: 1e-5, name)
        expectClose(output.pooled.value, try example.file["pooled"], relative: 1e-5, name)
    }

    @Test func projectsWhereTheFileHasAProjection() throws {
        let example = try Case("vision_projection")
        let output = try CLIPVisionEncoder(folder: example.folder)(Tensor(try example.file["pixels"]))
        let embedding = try #require(output.embedding)
        expectClose(embedding.value, try example.file["embeds"], relative: 1e-5)
    }

    @Test func passesGradientsToThePicture() throws {
        let example = try Case("vision_rgba")
        let encoder = try CLIPVisionEncoder(folder: example.folder)
        expectGradients(of: [try example.file["pixels"].leading(0..<1)]) { encoder($0[0]).pooled }
    }
}

@Suite struct CLIPModelTests {
    @Test func namesTheModelThatAFolderHolds() throws {
        let folder = try Case("vision").folder
        let error = #expect(throws: CheckpointError.self) { try CLIPTextEncoder(folder: folder) }
        let message = try #require(error).description
        #expect(message.contains("model_type") && message.contains("clip_vision_model"))
    }

    @Test(arguments: [
        (#"{"num_attention_heads": 0}"#, "num_attention_heads"), (#"{"num_attention_heads": 7}"#, "heads"),
        (#"{"hidden_act": "sine"}"#, "hidden_act"), (#"{"hidden_size": -4}"#, "hidden_size"),
        (#"{"hidden_size": 1e12}"#, "hidden_size"), (#"{"vocab_size": "many"}"#, "vocab_size"),
    ])
    func refusesBadSettingsByName(json: String, key: String) throws {
        try withTemporaryFolder { folder in
            try write(json, to: folder + "/config.json")
            let error = #expect(throws: CheckpointError.self) { try CLIPTextEncoder(folder: folder) }
            let message = try #require(error).description
            #expect(message.contains(key) && message.contains("config.json") && !message.contains("\n"))
        }
    }
}

private func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
}
