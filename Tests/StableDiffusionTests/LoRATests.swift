// Low-rank adapters against diffusers, and what happens when one does not fit.

import Arrays
import Autograd
import Checkpoints
import Foundation
import StableDiffusion
import TestSupport
import Testing

@Suite struct LoRATests {
    private let folder = Fixture.folder() + "/adapters"

    @Test(arguments: ["kohya", "peft", "processor", "diffusers"])
    func everyLayoutMatchesTheReference(layout: String) throws {
        let adapter = try Adapter(path: "\(folder)/lora_\(layout).safetensors", strength: 0.8)
        try expectReference(layout, [adapter])
    }

    @Test func severalAdaptersAdd() throws {
        let adapters = try [("kohya", Float(0.7)), ("peft", -0.4)].map {
            try Adapter(path: "\(folder)/lora_\($0.0).safetensors", strength: $0.1)
        }
        try expectReference("both", adapters)
        try expectReference("both", adapters.reversed())
    }

    @Test func aStrengthOfZeroChangesNothing() throws {
        let adapter = try Adapter(path: folder + "/lora_kohya.safetensors", strength: 0)
        try expectReference("plain", [adapter])
    }

    /// A point where kohya's `lora_mid` stands between: the merged kernel does what the three convolutions do.
    @Test func aConvolutionWithAMiddleFactorIsTheThreeInSequence() throws {
        var stream = RandomStream(seed: 3, stream: "factors")
        let (down, middle, up) = (
            stream.normal([2, 3, 1, 1]), stream.normal([2, 2, 3, 5]), stream.normal([4, 2, 1, 1])
        )
        let name = "lora_unet_down_blocks_0_resnets_0_conv1."
        let lora = try LoRA(
            from: WeightScope(arrays: [
                name + "lora_down.weight": down, name + "lora_mid.weight": middle,
                name + "lora_up.weight": up, name + "alpha": NDArray(3),
            ]), strength: 0.5)
        let module = "down_blocks.0.resnets.0.conv1.weight"
        let shape = [4, 3, 3, 5]
        let merged = try lora.applied(to: WeightScope(arrays: [module: .zeros(shape)]), of: .unet)
            .tensor(module, shape)
        func convolved(_ x: Tensor, _ kernel: NDArray) -> Tensor {
            x.convolved(Weight(kernel))
        }
        let x = Tensor(stream.normal([1, 6, 7, 3]))
        let sequence = convolved(convolved(convolved(x, down), middle), up) * (0.5 * 3 / 2)
        expectClose(convolved(x, merged).value, sequence.value, relative: 1e-6)
    }

    @Test(arguments: [
        // A module that the model lacks.
        ("lora_unet_down_blocks_7_conv", [2, 8], [8, 2], "down_blocks_7_conv"),
        ("lora_te_text_model_encoder_layers_4_mlp_fc1", [2, 8], [16, 2], "encoder_layers_4_mlp_fc1"),
        // A module of another shape.
        ("lora_unet_conv_in", [2, 9, 3, 3], [8, 2, 1, 1], "[8, 9, 3, 3]"),
        // Factors that do not multiply.
        ("lora_unet_conv_in", [3, 4, 3, 3], [8, 2, 1, 1], "[3, 4, 3, 3]"),
    ])
    func anAdapterThatDoesNotFitIsNamed(module: String, down: [Int], up: [Int], named: String) throws {
        try expectRefusal(
            [module + ".lora_down.weight": .zeros(down), module + ".lora_up.weight": .zeros(up)], named)
    }

    @Test func tensorsOfOtherKindsOfAdapterAreNamed() throws {
        let module = "lora_unet_conv_in."
        let down = NDArray.zeros([2, 4, 3, 3])
        let up = NDArray.zeros([8, 2, 1, 1])
        let fine = [module + "lora_down.weight": down, module + "lora_up.weight": up]
        for other in [
            module + "dora_scale", module + "hada_w1_a", "lora_te2_text_model_encoder_layers_0_mlp_fc1.alpha",
            "transformer.blocks.0.lora_A.weight",
        ] {
            try expectRefusal(fine.merging([other: NDArray(1)]) { $1 }, other)
        }
        try expectRefusal([module + "lora_down.weight": down, module + "alpha": NDArray(1)], module)
        try expectRefusal(fine.merging([module + "alpha": .zeros([2])]) { $1 }, module)
        try expectRefusal(fine.merging(["unet.conv_in.lora_A.weight": down]) { $1 }, "conv_in")
    }

    @Test(arguments: [
        ("hada_w1_a", "LoHa"), ("lokr_w1", "LoKr"), ("oft_blocks", "OFT"), ("dora_scale", "DoRA"),
    ])
    func otherMethodsAreNamed(_ ending: String, _ method: String) throws {
        // Their files begin like a LoRA's: with the modules' alphas.
        let module = "lora_unet_conv_in."
        try expectRefusal([module + "alpha": NDArray(1), module + ending: .zeros([2, 2])], method)
    }

    /// Folders as diffusers and PEFT save an adapter give what the file alone gives.
    @Test func foldersOfOtherProgramsAreRead() throws {
        try withTemporaryFolder { path in
            let file = path + "/pytorch_lora_weights.safetensors"
            try FileManager.default.copyItem(atPath: "\(folder)/lora_peft.safetensors", toPath: file)
            try expectReference("peft", [try Adapter(path: path, strength: 0.8)])
        }
        let module = "down_blocks.0.resnets.0.conv1"
        let factors = [("lora_A", NDArray.full(1, [2, 3])), ("lora_B", .full(1, [4, 2]))]
        for (alpha, expected) in [("8", Float(8)), ("null", 2)] {
            let merged = try withTemporaryFolder { path -> NDArray in
                try SafetensorsWriter.write(
                    factors.map { ("base_model.model.\(module).\($0.0).weight", $0.1) },
                    to: path + "/adapter_model.safetensors")
                try "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":\(alpha),\"target_modules\":[\"to_q\"]}"
                    .write(toFile: path + "/adapter_config.json", atomically: true, encoding: .utf8)
                guard case .lora(let lora) = try Adapter(path: path) else {
                    Issue.record("no LoRA")
                    return .zeros([4, 3])
                }
                let weights = WeightScope(arrays: [module + ".weight": .zeros([4, 3])])
                return try lora.applied(to: weights, of: .unet).tensor(module + ".weight", [4, 3])
            }
            // alpha / rank times the product of the factors; without an alpha it is the rank.
            #expect(merged.scalars.allSatisfy { $0 == expected }, "\(merged.scalars)")
        }
    }

    // MARK: Helpers

    private func expectRefusal(
        _ tensors: [String: NDArray], _ named: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let model = try WeightScope.open(folder: Fixture.folder() + "/pipeline/unet")
        let text = try WeightScope.open(folder: Fixture.folder() + "/pipeline/text_encoder")
        let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
            let lora = try LoRA(from: WeightScope(arrays: tensors, origin: "adapter"))
            _ = try lora.applied(to: model, of: .unet)
            _ = try lora.applied(to: text, of: .textEncoder)
        }
        let message = try #require(error).description
        #expect(
            message.hasPrefix("adapter:") && message.contains(named), "\(message)",
            sourceLocation: sourceLocation)
    }

    private func expectReference(
        _ name: String, _ adapters: [Adapter], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let example = try Fixture("adapters/lora_case")
        let pipeline = try DiffusionPipeline(folder: Fixture.folder() + "/pipeline", adapters: adapters)
        let text = pipeline.embedding(of: ["a red mug, on a table"])
        expectClose(
            text, try example["text_" + name], relative: 1e-5, name, sourceLocation: sourceLocation)
        let noise = pipeline.unet(
            Tensor(try example["latents"]), timesteps: [500], context: Tensor(text)
        ).value
        expectClose(
            noise, try example["noise_" + name], relative: 1e-5, name, sourceLocation: sourceLocation)
    }
}
