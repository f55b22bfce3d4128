// ControlNets against diffusers, alone and added in the denoiser.

import Arrays
import Autograd
import Checkpoints
import Images
import StableDiffusion
import TestSupport
import Testing

@Suite struct ControlNetTests {
    private let folder = Fixture.folder() + "/adapters"

    @Test(arguments: ["plain", "pooled"])
    func residualsMatchTheReference(name: String) throws {
        let example = try Fixture("adapters/controlnet_case")
        let net = try open(name)
        let picture = try example["pictures"].leading(0..<1)
        let residuals =
            net(
                Tensor(try example["latents"]), timesteps: [300], context: Tensor(try example["context"]),
                hint: net.embedding(of: Tensor(picture))) * 0.7
        #expect(residuals.skips.count == 4)
        for (index, skip) in residuals.skips.enumerated() {
            expectClose(skip.value, try example["\(name)_skip\(index)"], relative: 1e-5, "skip \(index)")
        }
        expectClose(residuals.middle.value, try example[name + "_middle"], relative: 1e-5)
    }

    @Test func severalControlNetsAddInTheDenoiser() throws {
        let example = try Fixture("adapters/controlnet_case")
        let pipeline = try DiffusionPipeline(folder: Fixture.folder() + "/pipeline")
        let pictures = try example["pictures"]
        func hint(_ name: String, _ index: Int, scale: Float) throws -> ControlHint {
            let picture = Image(pictures[leading: index])
            return try ControlHint(picture, for: open(name), scale: scale)
        }
        let (latents, context) = (Tensor(try example["latents"]), Tensor(try example["context"]))
        var steered = SteeredUNet(
            pipeline.unet,
            controls: [try hint("plain", 0, scale: 0.8), try hint("pooled", 1, scale: 0.5)])
        let noise = steered.denoised(latents, timestep: 300, context: context).value
        expectClose(noise, try example["noise"], relative: 1e-5)

        steered.controls[0].span = 0.5...1
        steered.controls[1].span = 0.5...1
        let before = steered.at(step: 0, of: 4).denoised(latents, timestep: 300, context: context).value
        expectIdentical(before, pipeline.unet(latents, timesteps: [300], context: context).value)
        let after = steered.at(step: 2, of: 4).denoised(latents, timestep: 300, context: context).value
        expectIdentical(after, noise)
    }

    @Test func theChannelsOfInpaintingAreNotShownToAControlNet() throws {
        let unet = try UNet2DConditionModel(folder: Fixture.folder() + "/pipeline_inpainting/unet")
        let hint = try ControlHint(Image(width: 40, height: 32, color: [0.2, 0.5, 1]), for: open("plain"))
        let latents = try Fixture("adapters/controlnet_case")["latents"].leading(0..<1)
        let beside = NDArray.full(0.5, [1, 8, 10, 5])
        let context = Tensor(try Fixture("adapters/controlnet_case")["context"].leading(0..<1))
        let input = Tensor.concatenated([Tensor(latents), Tensor(beside)], axis: 3)
        let steered = SteeredUNet(unet, controls: [hint]).denoised(input, timestep: 300, context: context)
        let picture = Tensor(
            Image(width: 40, height: 32, color: [0.2, 0.5, 1]).pixels.reshaped([1, 32, 40, 3]))
        let control = hint.net(
            Tensor(latents), timesteps: [300], context: context, hint: hint.net.embedding(of: picture))
        let direct = unet(input, timesteps: [300], context: context, control: control)
        expectIdentical(steered.value, direct.value)
    }

    @Test func aHintCountsInItsSpanOfSteps() throws {
        let picture = Image(width: 8, height: 4, color: [0, 1, 1, 0.5])
        let hint = try ControlHint(picture, for: open("plain"), span: 0.25...0.75)
        #expect((0..<8).filter { hint.isActive(at: $0, of: 8) } == [2, 3, 4, 5])
        #expect(throws: GenerationError.self) {
            try ControlHint(Image(width: 9, height: 4, color: [0]), for: open("plain"))
        }
    }

    @Test func anotherKindOfModelIsRefused() throws {
        let unet = Fixture.folder() + "/pipeline/unet"
        let error = #expect(throws: CheckpointError.self) { try ControlNet(folder: unet) }
        #expect(try #require(error).description.contains("UNet2DConditionModel"))
        let configuration = try open("plain").configuration
        for names in [
            ["conv_in.weight", "time_embedding.linear_1.weight", "down_blocks.0.w"],
            ["control_model.input_hint_block.0.weight"],
        ] {
            let weights = WeightScope(
                arrays: Dictionary(uniqueKeysWithValues: names.map { ($0, .zeros([1])) }))
            #expect(throws: CheckpointError.self) { try ControlNet(configuration, from: weights) }
        }
    }

    /// The pooled configuration shares the plain one's weights.
    private func open(_ name: String) throws -> ControlNet {
        guard name == "pooled" else { return try ControlNet(folder: folder + "/controlnet") }
        let configuration = try loadConfiguration(
            ControlNetConfiguration.self, from: folder + "/controlnet_pooled/config.json")
        #expect(configuration.channelOrder == .bgr && configuration.poolsResiduals)
        return try ControlNet(configuration, from: WeightScope.open(folder: folder + "/controlnet"))
    }
}
