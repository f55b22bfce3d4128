// Runs whose prompt is edited: the source beside the picture asked for, and only that picture as the result.

import Arrays
import Images
import StableDiffusion
import TestSupport
import Testing

@Suite struct PromptChangeTests {
    private let pipeline: DiffusionPipeline
    private let picture = GenerationBench.picture
    private let mask = GenerationBench.mask(columns: 5..<15)

    init() throws { pipeline = try GenerationBench.pipeline() }

    private func request(
        _ prompt: String, _ change: PromptChange? = nil, sampler: SamplerKind = .eulerAncestral,
        fills: Bool = true
    ) -> GenerationRequest {
        var request = GenerationRequest(
            prompt: prompt, negativePrompt: "blue", width: 24, height: 16, steps: 4, sampler: sampler, seed: 5
        )
        if fills { request.start = .inpainting(Inpainting(picture: picture, mask: mask)) }
        request.change = change
        return request
    }

    private func result(_ request: GenerationRequest, _ pipeline: DiffusionPipeline? = nil) throws -> NDArray
    {
        try #require(Array(try (pipeline ?? self.pipeline).generate(request)).last).latents
    }

    @Test(arguments: [SamplerKind.ddim, .eulerAncestral, .uniPC, .pndm, .lcm], [true, false])
    func identicalPromptsGiveThePictureOfThePlainRun(sampler: SamplerKind, fills: Bool) throws {
        let plain = try result(request("a red mug", sampler: sampler, fills: fills))
        let pair = try result(
            request("a red mug", PromptChange(source: "a red mug"), sampler: sampler, fills: fills))
        #expect(pair.shape == [1, 4, 6, 4])
        expectClose(pair, plain, relative: 1e-4)
    }

    @Test(arguments: RandomSource.allCases)
    func identicalPromptsDrawTheNoiseOfThePlainRun(random: RandomSource) throws {
        var (plain, pair) = (request("a red mug"), request("a red mug", PromptChange(source: "a red mug")))
        (plain.random, pair.random) = (random, random)
        expectClose(try result(pair), try result(plain), relative: 1e-4)
    }

    @Test func anInpaintingModelIsEditedToo() throws {
        let pipeline = try DiffusionPipeline(folder: ModelCase("pipeline_inpainting").folder)
        let plain = try result(request("a red mug"), pipeline)
        expectClose(
            try result(request("a red mug", PromptChange(source: "a red mug")), pipeline), plain,
            relative: 1e-4)
        let swapped = try result(request("a red mug", PromptChange(source: "a blue mug")), pipeline)
        #expect(Difference(swapped.scalars, plain.scalars).relative > 1e-3)
    }

    @Test func aSwapKeepsSomethingOfTheSource() throws {
        let plain = try result(request("a red mug"))
        let change = PromptChange(source: "a blue mug", crossReplaceSteps: 1, selfReplaceSteps: 1)
        let swapped = try result(request("a red mug", change))
        #expect(Difference(swapped.scalars, plain.scalars).relative > 1e-3)
        // With no share of the steps the source runs beside without a word.
        let none = PromptChange(source: "a blue mug", crossReplaceSteps: 0, selfReplaceSteps: 0)
        expectClose(try result(request("a red mug", none)), plain, relative: 1e-4)
    }

    @Test func aWeightOfOneChangesNothingAndAnotherDoes() throws {
        func weighted(_ factor: Float, source: String? = nil) throws -> NDArray {
            let weights = [WordWeight(word: "red", factor: factor)]
            return try result(request("a red mug", PromptChange(source: source, weights: weights)))
        }
        let plain = try result(request("a red mug"))
        expectClose(try weighted(1), plain, relative: 1e-4)
        expectClose(try weighted(1, source: "a red mug"), plain, relative: 1e-4)
        #expect(Difference(try weighted(4).scalars, plain.scalars).relative > 1e-3)
        #expect(Difference(try weighted(4, source: "a red mug").scalars, plain.scalars).relative > 1e-3)
    }

    @Test func weightsInParenthesesGoWithAnEdit() throws {
        let plain = try result(request("a (red:1.5) mug"))
        let pair = try result(request("a (red:1.5) mug", PromptChange(source: "a (red:1.5) mug")))
        expectClose(pair, plain, relative: 1e-4)
    }

    @Test func anEditedRunCutAnywhereGoesOnToTheSameBytes() throws {
        let run = try pipeline.generate(request("a red mug", PromptChange(source: "a blue mug")))
        let states = Array(run)
        let last = try #require(states.last)
        #expect(last.clean.shape == [1, 4, 6, 4])
        for state in states.dropLast() {
            expectIdentical(try #require(Array(run.resumed(after: state)).last).latents, last.latents)
        }
    }

    @Test func whatCannotBeEditedIsRefusedWithTheReason() throws {
        func refusal(_ request: GenerationRequest) throws -> String {
            try #require(#expect(throws: GenerationError.self) { try pipeline.generate(request) }).description
        }
        let long = String(repeating: "x y ", count: 20)
        #expect(try refusal(request(long, PromptChange(source: "a mug"))).contains("tokens"))
        #expect(try refusal(request("a mug", PromptChange(source: long))).contains("tokens"))
        var unwanted = request("a mug", PromptChange(source: "a mug"))
        unwanted.negativePrompt = long
        #expect(try refusal(unwanted).contains("negative"))
        let absent = PromptChange(weights: [WordWeight(word: "cat", factor: 2)])
        #expect(try refusal(request("a mug", absent)).contains("'cat'"))
        let share = PromptChange(source: "a mug", crossReplaceSteps: 1.5)
        #expect(try refusal(request("a mug", share)).contains("1.5"))
    }

    @Test func controlsSteerARunAndMustFit() throws {
        let net = try ControlNet(path: Fixture.folder() + "/adapters/controlnet")
        #expect(net.misfit(with: pipeline) == nil)
        var steered = request("a red mug", PromptChange(source: "a blue mug"))
        let free = try result(steered)
        steered.controls = [try ControlHint(picture, for: net)]
        #expect(Difference(try result(steered).scalars, free.scalars).relative > 1e-3)
        steered.controls[0].scale = 0
        expectClose(try result(steered), free, relative: 1e-4)
        steered.controls = [try ControlHint(Image(width: 16, height: 16, color: [0, 0, 0]), for: net)]
        let error = #expect(throws: GenerationError.self) { try pipeline.generate(steered) }
        #expect(try #require(error).description.contains("16 x 16"))
    }

    @Test func wordsAndFactorsAreParsed() {
        #expect(WordWeight(parsing: "red:2") == WordWeight(word: "red", factor: 2))
        #expect(WordWeight(parsing: "a:b:-0.5") == WordWeight(word: "a:b", factor: -0.5))
        for text in ["red", ":2", "red:", "red:many", "red:nan"] { #expect(WordWeight(parsing: text) == nil) }
    }
}
