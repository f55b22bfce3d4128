// Configurations: strict JSON, errors that name the key.

import Checkpoints
import Files
import TestSupport
import Testing

/// The fields of a text encoder, checked as a model would check them.
private struct EncoderConfiguration: CheckedConfiguration {
    let hiddenSize: Int
    let intermediateSize: Int
    let numAttentionHeads: Int
    let numHiddenLayers: Int
    let layerNormEps: Double

    enum CodingKeys: String, CodingKey {
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case numAttentionHeads = "num_attention_heads"
        case numHiddenLayers = "num_hidden_layers"
        case layerNormEps = "layer_norm_eps"
    }

    func check() throws {
        try ConfigurationProblem.require("hidden_size", hiddenSize, in: 1...65_536)
        try ConfigurationProblem.require("intermediate_size", intermediateSize, in: 1...262_144)
        try ConfigurationProblem.require("num_hidden_layers", numHiddenLayers, in: 1...1_000)
        try ConfigurationProblem.require(
            "num_attention_heads", numAttentionHeads, divides: "hidden_size", hiddenSize)
    }
}

private func load(_ path: String) throws -> EncoderConfiguration {
    try loadConfiguration(EncoderConfiguration.self, from: path, modelTypes: ["clip_text_model"])
}

@Suite struct ConfigurationTests {
    @Test(arguments: [
        (#"{"hidden_size":64}"#, "'model_type' is missing"),
        (#"{"model_type":"bert"}"#, "'model_type' is 'bert'; 'clip_text_model' is needed"),
        (#"{"model_type":"clip_text_model","hidden_size":true}"#, "'hidden_size' is not a whole number"),
        (#"{"model_type":"clip_text_model","hidden_size":64}"#, "'intermediate_size' is missing"),
        (
            #"{"model_type":"clip_text_model","hidden_size":64,"hidden_size":64}"#,
            "'hidden_size' appears twice"
        ),
        (#"{"a":[1,2,]}"#, "']' where a value"), (#"{"a":.5}"#, "'.'"), (#"{"a":NaN}"#, "'N'"),
        (#"{"a":01}"#, "zero"),
        (#"{"a":1e999}"#, "out of range"), ("[1]", "not a JSON object"), ("{} {}", "after the end"),
        ("", "empty"),
        ("{\"a\":\"\u{1}\"}", "control"), (#"{"a":tru}"#, "'t'"), (#"{"a":-}"#, "digits"),
        (#"{"a":"\x"}"#, "escape"),
    ])
    func refuses(_ text: String, saying reason: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/config.json"
            try writeFile(text, to: path)
            let error = #expect(throws: CheckpointError.self) { try load(path) }
            let message = try #require(error).description
            #expect(
                message.contains(reason) && message.hasPrefix(path) && !message.contains("\n"), "\(message)")
        }
    }

    @Test func readsNumbersOfAllForms() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/config.json"
            try writeFile(
                """
                {"model_type": "clip_text_model", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "layer_norm_eps": 1E-05, "unused": [null, true, -0.5e+3, "\\u00e9", {}]}
                """, to: path)
            let configuration = try load(path)
            #expect(configuration.hiddenSize == 64)
            #expect(configuration.layerNormEps == 1e-5)
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: CheckpointError.self) { try load("/no/such/config.json") }
        #expect(throws: CheckpointError.self) { try load("/") }
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func damagedConfigurationsAreRefusedInOneLine() throws {
        let files = try TestData.bad("configs/")
        #expect(files.count >= 15)
        for (path, expectation) in files {
            do {
                _ = try load(path)
                #expect(expectation.expect != "refuse", "\(path) was accepted: \(expectation.why)")
            } catch let error as CheckpointError {
                #expect(expectation.expect != "accept", "\(error)")
                #expect(!error.description.contains("\n") && error.description.hasPrefix(path), "\(error)")
            }
        }
    }
}
