// Whole pipelines against diffusers: every latent state of a guided run, and the picture.

import Arrays
import Autograd
import Checkpoints
import Foundation
import StableDiffusion
import TestSupport
import Testing
import Tokenizers

@Suite struct PipelineTests {
    private let request = GenerationRequest(
        prompt: "a red mug", negativePrompt: "blurry", width: 40, height: 32, steps: 4, guidance: 5)

    @Test(arguments: ["pipeline", "pipeline_inpainting"])
    func everyStateMatchesTheReference(name: String) throws {
        let example = try ModelCase(name)
        let pipeline = try DiffusionPipeline(folder: example.folder)
        let ids = pipeline.tokenizer.encode(request.prompt, length: 12).ids
        #expect(ids.map { Float($0) } == (try example["ids"].scalars))
        let states = Array(try pipeline.generate(request, from: try example["latents"]))
        let expected = try example["states"]
        #expect(states.count == expected.shape[0])
        for state in states {
            expectClose(
                state.latents, expected[leading: state.step - 1], relative: 5e-5, "step \(state.step)")
        }
        let last = try #require(states.last)
        expectClose(pipeline.pictures(of: last.latents), try example["image"], relative: 5e-5)
    }

    @Test func aSeedGivesOnePictureAndAnotherAnother() throws {
        let pipeline = try DiffusionPipeline(folder: ModelCase("pipeline").folder, sampler: .ddpm)
        func result(_ seed: UInt64) throws -> NDArray {
            var request = request
            (request.seed, request.steps) = (seed, 2)
            return try #require(Array(try pipeline.generate(request)).last).latents
        }
        expectIdentical(try result(3), try result(3))
        #expect(try result(3).scalars != result(4).scalars)
    }

    @Test func aGuidanceOfOneIsThePlainPrediction() throws {
        let example = try ModelCase("pipeline")
        let pipeline = try DiffusionPipeline(folder: example.folder)
        let texts = pipeline.embedding(of: ["a red mug", ""])
        let (condition, free) = (texts.leading(0..<1), texts.leading(1..<2))
        let latents = try example["latents"]
        let plain = pipeline.predict(latents, timestep: 500, condition: condition)
        let guided = pipeline.predict(
            latents, timestep: 500, condition: condition, unconditional: free, guidance: 1.000_001)
        expectClose(guided, plain, relative: 1e-4)
    }

    @Test func impossibleRequestsAreRefused() throws {
        let pipeline = try DiffusionPipeline(folder: ModelCase("pipeline").folder)
        var request = request
        request.width = 33
        #expect(throws: GenerationError.self) { try pipeline.generate(request) }
        request.width = nil
        request.steps = 0
        #expect(throws: GenerationError.self) { try pipeline.generate(request) }
        request.steps = 1001
        #expect(throws: GenerationError.self) { try pipeline.generate(request) }
    }

    @Test(arguments: [
        (
            #"{"_class_name": "DEISMultistepScheduler", "algorithm_type": "deis", "solver_type": "logrho"}"#,
            "DEIS"
        ),
        (
            #"{"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"}"#,
            "algorithm_type"
        ),
        (#"{"_class_name": "UniPCMultistepScheduler", "solver_order": 3}"#, "solver_order"),
    ])
    func aSamplerThatIsAskedForReplacesOneThatIsNotSupported(scheduler: String, named: String) throws {
        try withCopy { folder in
            let file = folder + "/scheduler/scheduler_config.json"
            try scheduler.write(toFile: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: CheckpointError.self) { try DiffusionPipeline(folder: folder) }
            let message = try #require(error).description
            #expect(message.contains(named) && message.contains("euler-a"))
            #expect(try DiffusionPipeline.needsSampler(folder: folder))
            for kind in SamplerKind.allCases {
                let pipeline = try DiffusionPipeline(folder: folder, sampler: kind)
                var request = request
                (request.sampler, request.steps) = (kind, 4)
                let last = try #require(Array(try pipeline.generate(request)).last)
                #expect(last.latents.scalars.allSatisfy { $0.isFinite })
            }
        }
    }

    @Test func aSettingOfTheModelIsNotReplaced() throws {
        try withCopy { folder in
            let file = folder + "/scheduler/scheduler_config.json"
            try #"{"_class_name": "DEISMultistepScheduler", "use_flow_sigmas": true}"#
                .write(toFile: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: CheckpointError.self) {
                try DiffusionPipeline(folder: folder, sampler: .uniPC)
            }
            #expect(try #require(error).description.contains("use_flow_sigmas"))
        }
    }

    @Test(arguments: [
        "model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors", "vae/config.json",
        "text_encoder/model.safetensors", "scheduler/scheduler_config.json",
    ])
    func aMissingFileIsNamed(file: String) throws {
        try withCopy { folder in
            try FileManager.default.removeItem(atPath: folder + "/" + file)
            let error = #expect(throws: CheckpointError.self) { try DiffusionPipeline(folder: folder) }
            let message = try #require(error).description
            #expect(
                message.contains(String(file.prefix { $0 != "/" && $0 != "." })) && !message.contains("\n"))
        }
    }

    @Test(arguments: [
        ("StableDiffusionPipeline", "StableDiffusionXLPipeline"), ("DDIMScheduler", "HeunDiscreteScheduler"),
        ("UNet2DConditionModel", "UNet2DModel"), ("CLIPTextModel", "T5EncoderModel"),
    ])
    func anotherKindOfPartIsNamed(right: String, wrong: String) throws {
        try withCopy { folder in
            for file in ["model_index.json", "scheduler/scheduler_config.json"] {
                let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
                try text.replacingOccurrences(of: right, with: wrong)
                    .write(toFile: folder + "/" + file, atomically: true, encoding: .utf8)
            }
            let error = #expect(throws: CheckpointError.self) { try DiffusionPipeline(folder: folder) }
            #expect(try #require(error).description.contains(wrong))
        }
    }

    @Test func aSamplerCanBeAskedForWhereTheFolderNamesAnother() throws {
        try withCopy { folder in
            let path = folder + "/scheduler/scheduler_config.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacingOccurrences(of: "DDIMScheduler", with: "HeunDiscreteScheduler")
                .write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: CheckpointError.self) { try DiffusionPipeline(folder: folder) }
            _ = try DiffusionPipeline(folder: folder, sampler: .ddim)
        }
    }

    @Test func partsThatDoNotFitTogetherAreRefused() throws {
        try withCopy { folder in
            let other = try ModelCase("unet_sd1").folder
            try FileManager.default.removeItem(atPath: folder + "/unet")
            try FileManager.default.copyItem(atPath: other, toPath: folder + "/unet")
            let error = #expect(throws: CheckpointError.self) { try DiffusionPipeline(folder: folder) }
            #expect(try #require(error).description.contains("do not fit together"))
        }
    }

    private func withCopy(_ body: (String) throws -> Void) throws {
        let source = try ModelCase("pipeline").folder
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(atPath: source, toPath: folder + "/pipeline")
            try body(folder + "/pipeline")
        }
    }
}
