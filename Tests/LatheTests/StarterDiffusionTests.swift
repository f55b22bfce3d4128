// The starter text diffusion draws what it is asked for, as the starter captioner sees it.

import Arrays
import Foundation
import Images
import Lathe
import StableDiffusion
import Testing

@Suite struct StarterDiffusionTests {
    private static let models = ModelSet(
        root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Models/starter").path)

    /// Measured: seven named, eight coloured; drawn at random, one class of 100 and one colour of 16 would be.
    @Test func picturesShowWhatThePromptNames() throws {
        let prompts = [
            ("a red apple", "red", "apple"), ("a blue ball", "blue", "ball"),
            ("a green cactus", "green", "cactus"),
            ("a yellow rubber duck", "yellow", "duck"), ("a brown teddy bear", "brown", "teddy bear"),
            ("an orange traffic cone", "orange", "traffic cone"), ("a white snowman", "white", "snowman"),
            ("a purple chair", "purple", "chair"),
        ]
        let pipeline = try DiffusionPipeline(folder: try Self.models.folder(of: .diffusion))
        var named = 0, coloured = 0
        for (seed, (prompt, colour, name)) in prompts.enumerated() {
            let request = GenerationRequest(prompt: prompt, steps: 20, guidance: 3, seed: UInt64(seed))
            let last = try #require(Array(try pipeline.generate(request)).last)
            let picture = pipeline.pictures(of: last.latents)
            #expect(picture.shape == [1, 64, 64, 3])
            let said = try Captioning.describe(
                Image(picture.reshaped([64, 64, 3])), search: .beams(3),
                session: ModelSession(Self.models))[0]
            if said.contains(name) { named += 1 }
            if said.contains(colour) { coloured += 1 }
        }
        #expect(named >= 6, "\(named) of \(prompts.count) named")
        #expect(coloured >= 7, "\(coloured) of \(prompts.count) in their colour")
    }
}
