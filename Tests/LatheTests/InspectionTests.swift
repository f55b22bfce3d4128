// What `models inspect` says of files: what they are, what takes them, and what they lack.

import Arrays
import Checkpoints
import Foundation
import Lathe
import TestSupport
import Testing

@Suite struct InspectionTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
    private let segmenter = tests.appending(path: "SegmentAnythingTests/Fixtures/sam").path
    private let checkpoints = tests.appending(path: "CheckpointsTests/Fixtures").path

    private func file(_ path: String) throws -> ModelInspection.File {
        try #require(try ModelInspection.inspect(path).files.first)
    }

    /// Names as weights of one number each.
    private func inspect(_ names: [String]) throws -> ModelInspection.File {
        try withTemporaryFolder { folder in
            try SafetensorsWriter.write(
                names.map { ($0, NDArray.zeros([1])) }, to: folder + "/weights.safetensors")
            return try file(folder + "/weights.safetensors")
        }
    }

    @Test func aModelFolderIsComparedWithItsModel() throws {
        let whole = try file(segmenter)
        #expect(whole.content == "a SAM segmenter" && whole.kind == "sam" && whole.format == "safetensors")
        #expect(try #require(whole.use).options == [.segmenter])
        #expect(try #require(whole.comparison).fits)
        try withTemporaryFolder { folder in
            let weights = try WeightFile.open(segmenter + "/model.safetensors")
            var tensors: [String: NDArray] = [:]
            for name in weights.names { tensors[name] = try weights.array(name) }
            tensors["vision_encoder.neck.conv1.weight"] = nil
            tensors["vision_encoder.layers.0.mlp.lin1.bias"] = .zeros([3])
            tensors["vision_encoder.other"] = .zeros([1])
            try SafetensorsWriter.write(
                tensors.map { ($0.key, $0.value) }, to: folder + "/model.safetensors")
            try FileManager.default.copyItem(
                atPath: segmenter + "/config.json", toPath: folder + "/config.json")
            let comparison = try #require(try file(folder).comparison)
            #expect(comparison.missing == ["vision_encoder.neck.conv1.weight"])
            #expect(comparison.unexpected == ["vision_encoder.other"])
            #expect(comparison.differing.count == 1)
            #expect(try #require(comparison.differing.first).contains("lin1.bias [3]"))
            try FileManager.default.removeItem(atPath: folder + "/config.json")
            let alone = try file(folder)
            #expect(alone.comparison == nil && alone.notes.contains { $0.contains("cannot be opened") })
        }
    }

    private func fixture(_ path: String) -> String { Self.tests.appending(path: path).path }

    @Test(arguments: [
        ("LaMaTests/Fixtures/small", "a LaMa inpainter", OptionName.inpainter),
        ("LaMaTests/Fixtures/published/big-lama", "a LaMa inpainter", OptionName.inpainter),
        ("LaMaTests/Fixtures/published/script.pt", "a LaMa inpainter", OptionName.inpainter),
        ("StableDiffusionTests/Fixtures/adapters/controlnet", "a ControlNet", .controls),
    ])
    func whatSteersAndInpaintsIsComparedWithItsModel(path: String, content: String, option: OptionName) throws
    {
        let whole = try file(fixture(path))
        #expect(whole.content == content)
        #expect(try #require(whole.use).options == [option])
        let found = whole.comparison
        let comparison = try #require(found, "\(whole.notes)")
        #expect(comparison.fits, "\(comparison)")
    }

    @Test func whatALaMaLacksIsNamed() throws {
        try withTemporaryFolder { folder in
            let weights = try WeightFile.open(fixture("LaMaTests/Fixtures/small/model.safetensors"))
            var tensors: [(String, NDArray)] = [("model.99.weight", .zeros([1]))]
            for name in weights.names where weights.info(name)?.type != .i64 && name != "model.2.bn_l.bias" {
                tensors.append((name, try weights.array(name)))
            }
            try SafetensorsWriter.write(tensors, to: folder + "/lama.safetensors")
            let comparison = try #require(try file(folder).comparison)
            #expect(
                comparison.missing == ["model.2.bn_l.bias"] && comparison.unexpected == ["model.99.weight"])
        }
    }

    @Test(arguments: [
        ("lora_kohya", "10 modules of the U-Net, ranks 2 to 3"),
        ("lora_kohya", "3 modules of the text encoder"),
        ("cat_toy", "'<cat-toy>'"), ("cat_toy", "of 8 numbers"),
    ])
    func adaptersSayWhatTheyChange(name: String, note: String) throws {
        let adapter = try file(fixture("StableDiffusionTests/Fixtures/adapters/\(name).safetensors"))
        #expect(adapter.notes.contains { $0.contains(note) }, "\(adapter.notes)")
        #expect(adapter.comparison == nil)
    }

    @Test func filesOfPyTorchSayWhereTheirTensorsLie() throws {
        let training = try file(checkpoints + "/training.ckpt")
        #expect(training.format == "PyTorch archive" && training.content == nil && training.use == nil)
        #expect(training.notes.contains { $0.contains("'state_dict'") })
        #expect(training.notes.contains { $0.contains("'module.'") })
        #expect(training.tensors.map(\.name) == ["a.weight", "b.weight"])
        #expect(training.tensors.map(\.type) == ["F16", "F16"] && training.bytes == 24)
        #expect(try file(checkpoints + "/script.pt").format == "TorchScript archive")
        #expect(try ModelInspection.inspect(checkpoints).files.map(\.path) == ["expected.safetensors"])
    }

    private struct Kind {
        let names: [String]
        let content: String?
        let option: OptionName?
    }

    private static let kinds: [Kind] = [
        Kind(
            names: ["generator.model.1.ffc.convl2l.weight"], content: "a LaMa inpainter",
            option: .inpainter),
        Kind(names: ["model.5.conv1.ffc.convl2l.weight"], content: "a LaMa inpainter", option: .inpainter),
        Kind(names: ["lora_unet_a.lora_down.weight"], content: "a LoRA of kohya's layout", option: .loras),
        Kind(names: ["unet.a.to_q.lora_A.weight"], content: "a LoRA of diffusers' layout", option: .loras),
        Kind(
            names: ["unet.a.to_q_lora.down.weight"], content: "a LoRA of diffusers' layout", option: .loras),
        Kind(names: ["<cat-toy>"], content: "a textual-inversion embedding", option: .embeddings),
        Kind(names: ["emb_params"], content: "a textual-inversion embedding", option: .embeddings),
        Kind(
            names: ["controlnet_cond_embedding.conv_in.weight", "conv_in.weight"], content: "a ControlNet",
            option: .controls),
        Kind(
            names: ["control_model.zero_convs.0.0.weight"],
            content: "a ControlNet under its original tensor names", option: .controls),
        Kind(
            names: ["model.diffusion_model.out.0.bias", "conditioner.embedders.0.a"],
            content: "Stable Diffusion XL in one file", option: nil),
        Kind(
            names: ["1.weight", "3.conv.0.weight"],
            content: "half of a tiny latent autoencoder under its original tensor names", option: nil),
        Kind(names: ["something.weight"], content: nil, option: nil),
    ]

    @Test(arguments: kinds.indices)
    func kindsAreToldByNames(_ index: Int) throws {
        let kind = Self.kinds[index]
        let file = try inspect(kind.names)
        #expect(file.content == kind.content)
        guard let option = kind.option else { return #expect(file.use == nil) }
        #expect(try #require(file.use).options == [option])
    }

    @Test func aSingleFileThatIsNotWholeSaysWhatItLacks() throws {
        let file = try inspect(["model.diffusion_model.out.0.bias"])
        #expect(file.content == "Stable Diffusion in one file")
        #expect(
            file.notes.contains { $0.contains("lacks the autoencoder") && $0.contains("the text encoder") })
    }

    @Test func aFolderIsNamedByItsConfiguration() throws {
        let prior = try ModelInspection.inspect(fixture("../Models/starter/prior"))
        #expect(prior.kind == "a joint multi-view prior")
        #expect(try #require(prior.use).options == [.viewPrior])
        // Two shards are one file.
        let unet = prior.files.filter { $0.path.hasPrefix("unet/") }
        #expect(unet.map(\.path) == ["unet/diffusion_pytorch_model.safetensors"])
        #expect(unet.first?.notes.contains("in 2 shards") == true)
        #expect(try ModelInspection.inspect(segmenter).kind == "a SAM segmenter")
        #expect(try ModelInspection.inspect(segmenter + "/model.safetensors").kind == nil)
    }

    /// The weights are whole, but the folder cannot be used.
    @Test(arguments: [
        #"{"model_type": "blip"}"#, #"{"model_type": "sam", "vision_config": {"hidden_size": 7}}"#,
    ])
    func aSegmenterWithAnotherConfigurationIsNotTaken(text: String) throws {
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                atPath: segmenter + "/model.safetensors", toPath: folder + "/model.safetensors")
            try Data(text.utf8).write(to: URL(filePath: folder + "/config.json"))
            let found = try ModelInspection.inspect(folder)
            let file = try #require(found.files.first)
            #expect(file.content == "a SAM segmenter" && file.use == nil && file.comparison?.fits != true)
            #expect(!file.notes.isEmpty)
            #expect(found.kind == nil && found.use == nil)
        }
    }
}
