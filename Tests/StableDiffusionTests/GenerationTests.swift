// What runs promise whatever the model: cuts and resumption, candidates, kept pixels, refusals.

import Arrays
import Foundation
import Images
import StableDiffusion
import TestSupport
import Testing

@Suite struct GenerationTests {
    private let pipeline: DiffusionPipeline
    private let picture = GenerationBench.picture
    private let mask = GenerationBench.mask(columns: 5..<10)

    init() throws { pipeline = try GenerationBench.pipeline() }

    private func request(_ start: GenerationStart = .noise, _ sampler: SamplerKind = .ddim)
        -> GenerationRequest
    {
        GenerationRequest(
            prompt: "a red mug", start: start, width: 24, height: 16, steps: 4, sampler: sampler, seed: 5)
    }

    private func inpainting(_ rule: LatentMaskRule = .maxPool, strength: Double = 1) -> GenerationStart {
        .inpainting(Inpainting(picture: picture, mask: mask, strength: strength, latentMask: rule))
    }

    @Test(arguments: [SamplerKind.ddim, .eulerAncestral, .uniPC, .pndm], RandomSource.allCases)
    func aRunCutAnywhereGoesOnToTheSameBytes(sampler: SamplerKind, random: RandomSource) throws {
        var request = request(inpainting(strength: 0.8), sampler)
        request.random = random
        let run = try pipeline.generate(request)
        let states = Array(run)
        let last = try #require(states.last)
        #expect(states.count == run.count && states.map(\.step) == Array(1...run.count))
        for state in states.dropLast() {
            expectIdentical(try #require(Array(run.resumed(after: state)).last).latents, last.latents)
        }
        #expect(Array(run.resumed(after: last)).isEmpty)
    }

    @Test(arguments: RandomSource.allCases)
    func candidatesAreTheRunsOfTheSeedsThatFollow(random: RandomSource) throws {
        var request = request(.picture(picture, strength: 0.6), .ddpm)
        (request.candidates, request.random) = (3, random)
        let candidates = try pipeline.candidates(request)
        #expect(candidates.map(\.seed) == [5, 6, 7])
        let results = try candidates.map { try #require(Array($0).last).latents }
        for (index, result) in results.enumerated() {
            request.seed = 5 + UInt64(index)
            expectIdentical(result, try #require(Array(try pipeline.generate(request)).last).latents)
        }
        #expect(results[0].scalars != results[1].scalars)
    }

    @Test(arguments: SamplerKind.allCases)
    func blendingKeepsTheLatentsOutsideTheMask(sampler: SamplerKind) throws {
        let last = try #require(Array(try pipeline.generate(request(inpainting(), sampler))).last)
        let original = pipeline.autoencoder.encode(
            picture.pixels.reshaped([1, 16, 24, 3]).affine(scale: 2, shift: -1), tiling: Tiling()
        ).mean
        // Pixels 5 to 9 are free: with four pixels to a latent, columns 1 and 2, of which the nearest rule frees one.
        for column in 0..<6 {
            let (made, kept) = (
                last.latents.sliced(axis: 2, column..<column + 1),
                original.sliced(axis: 2, column..<column + 1)
            )
            if (1...2).contains(column) {
                #expect(made.scalars != kept.scalars, "column \(column)")
            } else {
                expectIdentical(made, kept, "column \(column)")
            }
        }
        let nearest = try #require(Array(try pipeline.generate(request(inpainting(.nearest), sampler))).last)
        expectIdentical(nearest.latents.sliced(axis: 2, 1..<2), original.sliced(axis: 2, 1..<2))
    }

    @Test func strengthSaysHowManyStepsAreTaken() throws {
        for (strength, count) in [(1.0, 4), (0.75, 3), (0.5, 2), (0.3, 1)] {
            #expect(try pipeline.generate(request(.picture(picture, strength: strength))).count == count)
        }
        // 0.7 of ten steps are seven: the product of doubles decides, as in the reference.
        var ten = request(.picture(picture, strength: 0.7))
        ten.steps = 10
        #expect(try pipeline.generate(ten).count == 7)
    }

    @Test func aLittleStrengthChangesAPictureLittle() throws {
        func distance(_ strength: Double) throws -> Double {
            var request = request(.picture(picture, strength: strength))
            request.steps = 50
            let first = try #require(Array(try pipeline.generate(request)).first)
            let original = pipeline.autoencoder.encode(
                picture.pixels.reshaped([1, 16, 24, 3]).affine(scale: 2, shift: -1), tiling: Tiling()
            ).mean
            let difference = first.latents - original
            return difference.dot(difference)
        }
        #expect(try distance(0.1) < distance(0.5))
        #expect(try distance(0.5) < distance(1))
    }

    @Test func rescaledGuidanceHasTheSpreadOfThePlainPrediction() throws {
        let texts = pipeline.embedding(of: ["a red mug", ""])
        let (condition, free) = (texts.leading(0..<1), texts.leading(1..<2))
        var stream = RandomStream(seed: 1, stream: "latents")
        let latents = stream.normal([1, 4, 6, 4])
        func spread(_ guidance: Float, _ rescale: Float) -> Double {
            let output = pipeline.predict(
                latents, timestep: 500, condition: condition, unconditional: free, guidance: guidance,
                rescale: rescale)
            let centred = output - Float(output.total() / Double(output.count))
            return (centred.dot(centred)).squareRoot()
        }
        #expect(abs(spread(9, 1) / spread(1, 0) - 1) < 1e-5)
        #expect(abs(spread(9, 0) / spread(1, 0) - 1) > 1e-3)
    }

    @Test func whatCannotBeIsRefusedWithTheReason() throws {
        func refusal(_ change: (inout GenerationRequest) -> Void) throws -> String {
            var request = request()
            change(&request)
            return try #require(#expect(throws: GenerationError.self) { try pipeline.generate(request) })
                .description
        }
        let small = Image(.zeros([12, 24, 3]))
        #expect(try refusal { $0.start = .picture(small, strength: 0.5) }.contains("24 x 12"))
        #expect(try refusal { $0.start = .picture(picture, strength: 1.5) }.contains("1.5"))
        #expect(try refusal { $0.start = .picture(picture, strength: .nan) }.contains("nan"))
        #expect(try refusal { $0.start = .picture(picture, strength: 0.1) }.contains("leaves none"))
        #expect(
            try refusal {
                $0.start = .inpainting(
                    Inpainting(picture: picture, mask: Mask(width: 24, height: 12, value: 1)))
            }.contains("mask of 24 x 12"))
        #expect(try refusal { ($0.sampler, $0.steps) = (.lcm, 60) }.contains("1 to 50"))
        var none = request()
        none.candidates = 0
        #expect(throws: GenerationError.self) { try pipeline.candidates(none) }
    }

    @Test func noiseOfNothingButNoiseIsRefused() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                atPath: ModelCase("pipeline").folder, toPath: folder + "/pipeline")
            let path = folder + "/pipeline/scheduler/scheduler_config.json"
            try
                #"{"_class_name": "DDIMScheduler", "rescale_betas_zero_snr": true, "timestep_spacing": "trailing"}"#
                .write(toFile: path, atomically: true, encoding: .utf8)
            let pipeline = try DiffusionPipeline(folder: folder + "/pipeline")
            #expect(throws: GenerationError.self) { try pipeline.generate(request()) }
            #expect(
                Array(try pipeline.generate(request(.noise, .euler))).allSatisfy {
                    $0.latents.scalars.allSatisfy(\.isFinite)
                })
        }
    }
}
