// Single-file checkpoints: the same networks as diffusers makes of them, through key tables checked both ways.

import Arrays
import Autograd
import CLIP
import Checkpoints
import Foundation
import Layers
import StableDiffusion
import TestSupport
import Testing
import Tokenizers

@Suite struct SingleFileTests {
    private let folder = Fixture.folder() + "/single_file"
    /// The tiny checkpoints have narrower heads and fewer groups than any published one.
    private let tiny = SingleFileConventions(normGroups: 2, heads: 2, headWidth: 4)

    private func open(_ name: String) throws -> SingleFileCheckpoint {
        try SingleFileCheckpoint(from: try WeightScope.open("\(folder)/\(name)"), conventions: tiny)
    }

    /// A copy of a fixture in memory, changed.
    private func changed(
        _ name: String, _ change: (inout [String: NDArray]) throws -> Void
    ) throws -> WeightScope {
        let file = try WeightFile.open("\(folder)/\(name)")
        var arrays: [String: NDArray] = [:]
        for name in file.names where file.info(name)?.type != .i64 { arrays[name] = try file.array(name) }
        try change(&arrays)
        return WeightScope(arrays: arrays)
    }

    private func refusal(_ weights: WeightScope) throws -> String {
        let error = #expect(throws: CheckpointError.self) {
            let file = try SingleFileCheckpoint(from: weights, conventions: tiny)
            _ = try UNet2DConditionModel(file.configurations.unet, from: file.unet)
            try file.unet.finish()
        }
        let message = try #require(error).description
        #expect(!message.contains("\n"))
        return message
    }

    @Test(arguments: [("one.ckpt", "one"), ("two.safetensors", "two")])
    func everyNetworkEqualsDiffusersOnTheSameFile(_ name: String, _ key: String) throws {
        let file = try open(name)
        let expected = try Fixture("single_file/case")
        let unet = try UNet2DConditionModel(file.configurations.unet, from: file.unet)
        let denoised = unet(
            Tensor(try expected["\(key)/sample"]), timesteps: [481],
            context: Tensor(try expected["\(key)/context"]))
        expectClose(denoised.value, try expected["\(key)/denoised"], relative: 1e-5)
        let latents = try #require(file.autoencoder)
        let autoencoder = try AutoencoderKL(latents.configuration, from: latents.weights)
        let decoded = autoencoder.decode(Tensor(try expected["\(key)/latents"]))
        expectClose(decoded.value, try expected["\(key)/decoded"], relative: 1e-5)
        expectClose(autoencoder.encode(decoded).mean.value, try expected["\(key)/mean"], relative: 1e-5)
        let text = try CLIPTextEncoder(file.configurations.text, from: file.text)
        expectClose(
            text([try expected.integers("\(key)/ids")]).tokens.value, try expected["\(key)/tokens"],
            relative: 1e-5)
        for part in [file.unet, latents.weights, file.text] { try part.finish() }
    }

    @Test func theTensorsTellTheSizes() throws {
        let one = try open("one.ckpt")
        #expect(one.family == .one)
        #expect(one.configurations.unet.inChannels == 9 && one.configurations.unet.channels == [4, 8])
        #expect(one.configurations.unet.downBlocks == [.crossAttention, .plain])
        #expect(!one.configurations.unet.usesLinearProjection && one.configurations.unet.heads == [2, 2])
        #expect(one.configurations.text.activation == .quickGELU && one.configurations.text.layerCount == 2)
        let two = try open("two.safetensors")
        #expect(two.family == .two)
        #expect(two.configurations.unet.usesLinearProjection && two.configurations.unet.heads == [1, 2])
        // The file's third layer is left out: its input is the condition.
        #expect(two.configurations.text.activation == .gelu && two.configurations.text.layerCount == 2)
    }

    @Test func whatIsMissingOrTooMuchIsNamed() throws {
        let missing = try changed("two.safetensors") {
            $0["model.diffusion_model.middle_block.0.in_layers.2.bias"] = nil
        }
        #expect(try refusal(missing).contains("'mid_block.resnets.0.conv1.bias' is missing"))
        let further = try changed("two.safetensors") {
            $0["model.diffusion_model.input_blocks.1.2.weight"] = .zeros([1])
        }
        #expect(try refusal(further).contains("'input_blocks.1.2.weight'"))
        let strange = try changed("two.safetensors") { $0["depth_model.weight"] = .zeros([1]) }
        #expect(try refusal(strange).contains("'depth_model.weight'"))
        let half = try changed("two.safetensors") { arrays in
            arrays = arrays.filter { !$0.key.hasPrefix("first_stage_model.") }
        }
        let vocabulary = Fixture.folder() + "/pipeline/tokenizer"
        let error = #expect(throws: CheckpointError.self) {
            try DiffusionPipeline(
                SingleFileCheckpoint(from: half, conventions: tiny), tokenizer: vocabulary,
                prediction: .epsilon, sampler: .ddim)
        }
        #expect(try #require(error).description.contains("lacks the autoencoder"))
        let larger = try changed("two.safetensors") {
            $0["model.diffusion_model.label_emb.0.0.weight"] = .zeros([1, 1])
        }
        #expect(try refusal(larger).contains("Stable Diffusion XL"))
        let misshapen = try changed("two.safetensors") {
            $0["first_stage_model.encoder.mid.attn_1.q.weight"] = .zeros([8, 8, 3, 3])
        }
        #expect(try refusal(misshapen).contains("cannot become"))
    }

    @Test func olderFilesNameTheTextEncoderWithoutItsOuterModule() throws {
        let before = try changed("one.ckpt") { arrays in
            let renamed = arrays.map {
                ($0.replacingOccurrences(of: "transformer.text_model.", with: "transformer."), $1)
            }
            arrays = Dictionary(uniqueKeysWithValues: renamed)
        }
        #expect(before.names.contains { $0.hasPrefix("cond_stage_model.transformer.embeddings.") })
        let (old, new) = (try SingleFileCheckpoint(from: before, conventions: tiny), try open("one.ckpt"))
        func tokens(_ file: SingleFileCheckpoint) throws -> NDArray {
            let encoder = try CLIPTextEncoder(file.configurations.text, from: file.text)
            try file.text.finish()
            return encoder([[1, 2, 3]]).tokens.value
        }
        expectIdentical(try tokens(old), try tokens(new))
    }

    @Test func anAutoencoderOfItsOwnTakesThePlaceOfAnyInTheFile() throws {
        try withTemporaryFolder { place in
            let tokenizer = Fixture.folder() + "/pipeline/tokenizer"
            let whole = try changed("two.safetensors") { _ in }
            let latents = "first_stage_model."
            let own = whole.names.filter { $0.hasPrefix(latents) }
            let path = place + "/vae.safetensors"
            try SafetensorsWriter.write(
                try own.map {
                    (String($0.dropFirst(latents.count)), try whole.tensor($0, whole.shape(of: $0) ?? []))
                }, to: path)
            let half = try changed("two.safetensors") { $0 = $0.filter { !$0.key.hasPrefix(latents) } }
            func picture(_ weights: WeightScope, _ autoencoder: Autoencoder?) throws -> NDArray {
                let pipeline = try DiffusionPipeline(
                    SingleFileCheckpoint(from: weights, conventions: tiny), tokenizer: tokenizer,
                    prediction: .epsilon, sampler: .ddim, autoencoder: autoencoder)
                return pipeline.pictures(of: .full(0.1, [1, 4, 4, pipeline.autoencoder.latentChannels]))
            }
            let expected = try picture(changed("two.safetensors") { _ in }, nil)
            expectIdentical(try picture(half, Autoencoder(at: path, conventions: tiny)), expected)
            let checkpoint = try Autoencoder(at: "\(folder)/two.safetensors", conventions: tiny)
            expectIdentical(try picture(half, checkpoint), expected)
            let other = try Autoencoder(at: "\(folder)/one.ckpt", conventions: tiny)
            #expect(try picture(changed("two.safetensors") { _ in }, other).scalars != expected.scalars)
            let stray = Fixture.folder() + "/adapters/lora_kohya.safetensors"
            let error = #expect(throws: CheckpointError.self) { try Autoencoder(at: stray) }
            #expect(try #require(error).description.contains("not an autoencoder"))
        }
    }

    @Test func anAutoencoderFileOfDiffusersOpensByItsConfiguration() throws {
        let example = try ModelCase("vae")
        let file = try Autoencoder(at: example.folder + "/diffusion_pytorch_model.safetensors")
        let folder = try Autoencoder(folder: example.folder)
        let latents = Tensor(NDArray.full(0.2, [1, 4, 4, folder.latentChannels]))
        expectIdentical(file.decode(latents).value, folder.decode(latents).value)
    }

    @Test(arguments: ["one.ckpt", "two.safetensors"])
    func adaptersEnterASingleFile(_ name: String) throws {
        let (unet, text) = ("mid_block_attentions_0_proj_in", "text_model_encoder_layers_0_self_attn_q_proj")
        func pipeline(_ adapters: [Adapter]) throws -> DiffusionPipeline {
            try DiffusionPipeline(
                open(name), tokenizer: Fixture.folder() + "/pipeline/tokenizer", prediction: .epsilon,
                sampler: .ddim, adapters: adapters)
        }
        var weights: [String: NDArray] = [:]
        for (module, width) in [("lora_unet_\(unet)", 8), ("lora_te_\(text)", 8)] {
            weights["\(module).lora_down.weight"] = .full(0.5, [1, width])
            weights["\(module).lora_up.weight"] = .full(0.5, [width, 1])
        }
        let lora = Adapter.lora(try LoRA(from: WeightScope(arrays: weights)))
        let word = Adapter.word(
            try TextualInversion(from: WeightScope(arrays: ["<cat>": .full(0.1, [2, 8])]), word: "<cat>"))
        let (plain, adapted) = (try pipeline([]), try pipeline([lora, word]))
        let condition = plain.embedding(of: ["a mug"])
        #expect(adapted.embedding(of: ["a mug"]).scalars != condition.scalars)
        #expect(adapted.tokenizer.vocabularySize == plain.tokenizer.vocabularySize + 2)
        let channels = plain.unet.configuration.inChannels
        let input = Tensor(NDArray.full(0.3, [1, 4, 4, channels]))
        func output(_ pipeline: DiffusionPipeline) -> NDArray {
            pipeline.unet(input, timesteps: [500], context: Tensor(condition)).value
        }
        #expect(Difference(output(adapted).scalars, output(plain).scalars).relative > 1e-4)
        let strange = Adapter.lora(
            try LoRA(
                from: WeightScope(arrays: [
                    "lora_unet_none.lora_down.weight": .zeros([1, 8]),
                    "lora_unet_none.lora_up.weight": .zeros([8, 1]),
                ])))
        let error = #expect(throws: CheckpointError.self) { try pipeline([strange]) }
        #expect(try #require(error).description.contains("another model"))
    }

    @Test func aPipelineOpensWithAVocabularyAndAnAnswer() throws {
        let tokenizer = Fixture.folder() + "/pipeline/tokenizer"
        let one = try DiffusionPipeline(
            open("one.ckpt"), tokenizer: tokenizer, prediction: nil, sampler: .ddim)
        #expect(one.schedule.prediction == .epsilon && one.unet.configuration.inChannels == 9)
        #expect(one.embedding(of: [""]).shape == [1, 12, 8])
        let two = try DiffusionPipeline(
            open("two.safetensors"), tokenizer: tokenizer, prediction: .velocity, sampler: .ddim)
        #expect(two.schedule.prediction == .velocity && two.tokenizer.paddingID == 0)
        // Scaled-linear from 0.00085 to 0.012: the cumulative product at the last of 1000 steps.
        #expect(abs(try #require(two.schedule.cumulativeAlphas.last) - 0.00466) < 1e-5)
        func refused(_ tokenizer: String?, _ name: String) throws -> String {
            let error = #expect(throws: CheckpointError.self) {
                try DiffusionPipeline(open(name), tokenizer: tokenizer, prediction: nil, sampler: .ddim)
            }
            return try #require(error).description
        }
        #expect(try refused(nil, "one.ckpt").contains("vocabulary"))
        #expect(try refused("/nowhere", "one.ckpt").contains("vocabulary"))
        #expect(try refused(tokenizer, "two.safetensors").contains("v_prediction"))
    }
}
