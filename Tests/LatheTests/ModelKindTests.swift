// Weights of other kinds are told by their tensors and refused by name in one line.

import Arrays
import Checkpoints
import Foundation
import Lathe
import TestSupport
import Testing

@Suite struct ModelKindTests {
    /// Tensor names of BLIP checkpoints and of models that resemble them, by kind.
    private static let fixtures = EditBench.package.appending(path: "Tests/BLIPTests/Fixtures")

    private static let names: [String: String] = [
        "blipCaptioner": "a BLIP captioner",
        "blipQuestionAnswering": "a BLIP model for visual question answering",
        "blipRetrieval": "a BLIP model for image-text retrieval",
        "blipContrastive": "a BLIP model without a caption head",
        "blipOriginal": "a BLIP model under its original tensor names",
        "clip": "a CLIP model of text and images", "clipText": "a CLIP text encoder",
        "clipVision": "a CLIP image encoder", "segmentAnything": "a SAM segmenter",
        "segmentAnythingOriginal": "a SAM segmenter under its original tensor names",
        "diffusionNetwork": "a diffusion U-Net", "stableDiffusion": "Stable Diffusion in one file",
        "autoencoder": "a latent autoencoder", "lama": "a LaMa inpainter",
    ]

    private func tensors() throws -> [String: [String]] {
        try JSONDecoder().decode(
            [String: [String]].self, from: Data(contentsOf: Self.fixtures.appending(path: "kinds.json")))
    }

    @Test func kindsAreToldFromTensorNames() throws {
        let kinds = try tensors()
        #expect(kinds.count >= 8)
        for (kind, names) in kinds {
            try withTemporaryFolder { folder in
                try SafetensorsWriter.write(
                    names.map { ($0, .zeros([1])) }, to: folder + "/weights.safetensors")
                let found = try ModelInspection.inspect(folder + "/weights.safetensors").files[0].content
                #expect(found == Self.names[kind], "\(kind)")
            }
        }
    }

    @Test(arguments: [
        ("lora_unet_conv_in.hada_w1_a", "LoHa"), ("lora_unet_conv_in.lokr_w1", "LoKr"),
        ("lora_unet_conv_in.dora_scale", "DoRA"),
    ])
    func methodsThatAreNotSupportedAreNamed(_ tensor: String, _ method: String) throws {
        try withTemporaryFolder { folder in
            try SafetensorsWriter.write(
                [(tensor, .zeros([1])), ("lora_unet_conv_in.alpha", .zeros([]))],
                to: folder + "/a.safetensors")
            let found = try ModelInspection.inspect(folder + "/a.safetensors").files[0]
            #expect(found.content?.contains(method) == true && found.use == nil)
        }
    }

    @Test func anAdapterGivenToTheOtherOptionIsRefused() throws {
        let fixtures = EditBench.package.appending(path: "Tests/StableDiffusionTests/Fixtures")
        let lora = DiffusionOptions.Weighted(
            path: fixtures.appending(path: "adapters/lora_kohya.safetensors").path)
        let word = DiffusionOptions.Weighted(
            path: fixtures.appending(path: "adapters/cat_toy.safetensors").path)
        func message(_ change: (inout DiffusionOptions) -> Void) throws -> String {
            var options = DiffusionOptions()
            change(&options)
            let models = ModelSet(
                root: nil, overrides: [.diffusion: fixtures.appending(path: "pipeline").path])
            let error = #expect(throws: LatheError.self) {
                _ = try ModelSession(models).diffusion(options)
            }
            #expect(error?.code == .modelUnusable)
            return error?.message ?? ""
        }
        #expect(try message { $0.loras = [word] }.contains("`embeddings`"))
        #expect(try message { $0.embeddings = [lora] }.contains("`loras`"))
    }

    @Test func otherKindsAreRefusedByName() throws {
        for (kind, names) in try tensors() where kind != "blipCaptioner" {
            try withTemporaryFolder { folder in
                for name in ["config.json", "vocab.txt"] {
                    try FileManager.default.copyItem(
                        atPath: Self.fixtures.appending(path: "tied/\(name)").path,
                        toPath: folder + "/" + name)
                }
                try SafetensorsWriter.write(
                    names.map { ($0, .zeros([1])) }, to: folder + "/model.safetensors")
                let session = ModelSession(ModelSet(root: nil, overrides: [.captioner: folder]))
                let error = #expect(throws: LatheError.self) { _ = try session.captioner() }
                #expect(error?.code == .modelUnusable)
                let message = error?.message ?? ""
                #expect(message.contains(Self.names[kind] ?? kind), "\(message)")
                #expect(message.contains("a BLIP captioner is needed"), "\(message)")
            }
        }
    }

    @Test func aFileOfAnotherKindIsRefusedByName() throws {
        let file = EditBench.package.appending(path: "Models/starter/captioner/model.safetensors").path
        let session = ModelSession(ModelSet(root: nil, overrides: [.segmenter: file]))
        let error = #expect(throws: LatheError.self) { _ = try session.segmenter() }
        #expect(error?.message.contains("these weights are a BLIP captioner; a SAM segmenter") == true)
    }
}
