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
        let steering = Steering(controls: [
            try hint("plain", 0, scale: 0.8), try hint("pooled", 1, scale: 0.5),
        ])
        let (latents, context) = (try example["latents"], try example["context"])
        let noise = pipeline.predict(latents, timestep: 300, condition: context, steering: steering)
        expectClose(noise, try example["noise"], relative: 1e-5)
        // Guidance sees the ControlNets in both halves: with equal conditions it changes nothing.
        let guided = pipeline.predict(
            latents, timestep: 300, condition: context, unconditional: context, guidance: 3,
            steering: steering)
        expectClose(guided, try example["noise"], relative: 1e-5)
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
