// Prompt-to-Prompt: attention taken over inside the network, and the plan that prompts make.

import Arrays
import Autograd
import StableDiffusion
import TestSupport
import Testing
import Tokenizers

@Suite struct AttentionEditTests {
    private let folder = Fixture.folder() + "/pipeline"

    @Test func editedAttentionMatchesTheReference() throws {
        let example = try Fixture("adapters/attention_case")
        let unet = try UNet2DConditionModel(folder: folder + "/unet")
        let (latents, context) = (Tensor(try example["latents"]), Tensor(try example["context"]))
        let edit = AttentionEdit(
            source: 0, edited: 1,
            cross: .init(mapping: try example["mapping"], own: try example["own"]),
            factors: try example["factors"], selfAttentionPixels: 30)
        let plain = unet(latents, timesteps: [40], context: context).value
        expectClose(plain, try example["plain"], relative: 1e-5)
        let edited = unet(latents, timesteps: [40], context: context, attention: edit.shifted(by: 2)).value
        expectClose(edited, try example["edited"], relative: 1e-5)
    }

    @Test func anEditOfNoEffectChangesNothing() throws {
        let example = try Fixture("adapters/attention_case")
        let unet = try UNet2DConditionModel(folder: folder + "/unet")
        let (latents, context) = (Tensor(try example["latents"]), Tensor(try example["context"]))
        let edit = AttentionEdit(source: nil, edited: 2, factors: .full(1, [5]))
        let same = unet(latents, timesteps: [40], context: context, attention: edit).value
        expectClose(same, try example["plain"], relative: 1e-5)
    }

    @Test func gradientsPassThroughEditedAttention() throws {
        let example = try Fixture("adapters/attention_case")
        let unet = try UNet2DConditionModel(folder: folder + "/unet")
        let inputs = [try example["latents"].leading(0..<2), try example["context"].leading(0..<2)]
        let edit = AttentionEdit(
            source: 0, edited: 1, cross: .init(mapping: try example["mapping"], own: try example["own"]),
            selfAttentionPixels: 30)
        expectGradients(of: inputs) { unet($0[0], timesteps: [40], context: $0[1], attention: edit) }
    }

    @Test func withTheSamePromptTheEditedPictureIsTheSource() throws {
        let pipeline = try DiffusionPipeline(folder: folder)
        let prompt = "a red mug"
        var edit = try PromptEdit(
            from: prompt, to: prompt, tokenizer: pipeline.tokenizer, length: 12)
        edit.selfAttentionPixels = 80
        let states = run(pipeline, [prompt, prompt], edit)
        expectClose(states.leading(1..<2), states.leading(0..<1), relative: 1e-5)
    }

    @Test func theSourceIsDenoisedAsIfItWereAlone() throws {
        let pipeline = try DiffusionPipeline(folder: folder)
        let edit = try PromptEdit(
            from: "a red mug", to: "a blue mug", tokenizer: pipeline.tokenizer, length: 12)
        let pair = run(pipeline, ["a red mug", "a blue mug"], edit)
        let alone = run(pipeline, ["a red mug"], nil)
        expectClose(pair.leading(0..<1), alone, relative: 1e-5)
        #expect(Difference(pair[leading: 1].scalars, pair[leading: 0].scalars).relative > 1e-3)
        let free = run(pipeline, ["a red mug", "a blue mug"], nil)
        #expect(Difference(pair[leading: 1].scalars, free[leading: 1].scalars).relative > 1e-3)
    }

    @Test func aWeightOfOneChangesNothingAndAnotherDoes() throws {
        let pipeline = try DiffusionPipeline(folder: folder)
        func reweighted(_ factor: Float) throws -> NDArray {
            let edit = try PromptEdit(
                from: nil, to: "a red mug", weights: [WordWeight(word: "Red", factor: factor)],
                tokenizer: pipeline.tokenizer, length: 12)
            return run(pipeline, ["a red mug"], edit)
        }
        let plain = run(pipeline, ["a red mug"], nil)
        expectClose(try reweighted(1), plain, relative: 1e-5)
        #expect(Difference(try reweighted(3).scalars, plain.scalars).relative > 1e-3)
    }

    // MARK: The plan

    @Test func sharesOfStepsEndWhereTheySay() throws {
        var edit = try plan(from: "a mug", to: "a cat")
        (edit.crossReplaceSteps, edit.selfReplaceSteps) = (0.5, 0.25)
        #expect((0..<8).map { edit.attention(at: $0, of: 8)?.cross != nil } == (0..<8).map { $0 < 4 })
        #expect(
            (0..<8).map { (edit.attention(at: $0, of: 8)?.selfAttentionPixels ?? 0) > 0 }
                == (0..<8).map { $0 < 2 })
        #expect(edit.attention(at: 4, of: 8) == nil)
    }

    /// Tokens: begin, a, re, d</w> as one "red", mug, end; other letters are a token each.
    @Test func commonAndSwappedWordsTakeTheirPartnersMaps() throws {
        let cross = try #require(
            try plan(from: "a red mug", to: "a mug red mug").attention(at: 0, of: 1)?.cross)
        // "a" and the last two words are common; the first "mug" was inserted and keeps its own.
        #expect(sources(of: cross) == [[0], [1], [], [2], [3], [4], [5], [6]])
        #expect(cross.own.scalars == [0, 0, 1, 0, 0, 0, 0, 0])
    }

    @Test func aSwapOfMoreTokensSharesTheMap() throws {
        let cross = try #require(try plan(from: "red mug", to: "xyz mug").attention(at: 0, of: 1)?.cross)
        #expect(sources(of: cross) == [[0], [1], [1], [1], [2], [3], [4], [5]])
        let shares = (2...3).map { cross.mapping.scalars[8 + $0] }
        #expect(shares == [Float(1) / 3, Float(1) / 3])
        let back = try #require(try plan(from: "xyz mug", to: "red mug").attention(at: 0, of: 1)?.cross)
        #expect(sources(of: back) == [[0], [1, 2, 3], [4], [5], [6], [7], [7], [7]])
    }

    @Test func weightsFallOnEveryTokenOfEveryOccurrence() throws {
        let edit = try plan(
            from: nil, to: "red xy red",
            weights: [.init(word: "red", factor: 2), .init(word: "xy", factor: 0)])
        #expect(edit.attention(at: 0, of: 1)?.factors?.scalars == [1, 2, 0, 0, 2, 1, 1, 1])
    }

    @Test func impossibleEditsAreRefused() throws {
        for (prompt, word) in [("a mug", "cat"), ("a mug", ""), ("abcdefgh", "abcdefgh")] {
            #expect(throws: GenerationError.self) {
                try plan(from: nil, to: prompt, weights: [.init(word: word, factor: 2)])
            }
        }
    }

    // MARK: Helpers

    private func plan(from source: String?, to prompt: String, weights: [WordWeight] = []) throws
        -> PromptEdit
    {
        try PromptEdit(
            from: source, to: prompt, weights: weights,
            tokenizer: CLIPTokenizer(folder: folder + "/tokenizer"), length: 8)
    }

    /// For each edited token, the source tokens that it takes from.
    private func sources(of cross: AttentionEdit.Replacement) -> [[Int]] {
        let (rows, columns) = (cross.mapping.shape[0], cross.mapping.shape[1])
        let values = cross.mapping.scalars
        return (0..<columns).map { column in (0..<rows).filter { values[$0 * columns + column] != 0 } }
    }

    /// Three guided steps of pictures from one noise; the steps are plain descents, since no sampler is at stake.
    private func run(_ pipeline: DiffusionPipeline, _ prompts: [String], _ edit: PromptEdit?) -> NDArray {
        var stream = RandomStream(seed: 5, stream: "noise")
        let noise = Tensor(stream.normal([1, 8, 10, 4]))
        var latents = Tensor.concatenated(prompts.map { _ in noise }, axis: 0).value
        let timesteps: [Float] = [900, 500, 100]
        let texts = pipeline.embedding(of: prompts.map { _ in "" } + prompts)
        for (index, timestep) in timesteps.enumerated() {
            let both = Tensor.concatenated([Tensor(latents), Tensor(latents)], axis: 0)
            let output = SteeredUNet(pipeline.unet, edit: edit).at(step: index, of: timesteps.count)
                .denoised(both, timestep: timestep, context: Tensor(texts)).value
            let count = prompts.count
            let (free, bound) = (output.leading(0..<count), output.leading(count..<2 * count))
            latents = latents - (free + (bound - free) * 5) * 0.1
        }
        return latents
    }
}
