// With PyTorch's random numbers, a seed gives the picture that diffusers gives on a processor.

import Arrays
import Foundation
import Images
import StableDiffusion
import TestSupport
import Testing

@Suite struct TorchPictureTests {
    private static let (width, height) = (32, 24)

    @Test func picturesAreRecorded() throws {
        let cases = try #require(SamplingCases.all).pictures
        #expect(cases.count == 37)
        #expect(Set(cases.map(\.task)) == ["text", "picture", "inpaint4", "inpaint9", "inpaint9-tiny"])
    }

    @Test(arguments: ["text", "picture", "inpaint4", "inpaint9", "inpaint9-tiny"])
    func aSeedGivesTheReferencesPicture(task: String) throws {
        let pictures = try Fixture("sampling/pictures")["pictures"]
        let cases = try #require(SamplingCases.all).pictures.enumerated().filter { $0.element.task == task }
        try withPipeline(task) { pipeline in
            for (index, example) in cases {
                let request = GenerationRequest(
                    prompt: "a red mug", negativePrompt: "blurry", start: start(example), width: Self.width,
                    height: Self.height, steps: 20, sampler: SamplerKind(rawValue: example.kind), guidance: 4,
                    seed: example.seed, random: .torch)
                let last = try #require(Array(try pipeline.generate(request)).last)
                let made = pipeline.pictures(of: last.latents).reshaped([Self.height, Self.width, 3])
                let ratio = signalToNoise(made, pictures[leading: index] * (1 / 255))
                // The record has 8 bits, which alone is 59 dB.
                #expect(ratio > 50, "\(task) by \(example.kind): \(ratio) dB")
            }
        }
    }

    private func start(_ example: SamplingCases.Picture) -> GenerationStart {
        switch example.task {
        case "text": .noise
        case "picture": .picture(Self.picture, strength: example.strength)
        default:
            .inpainting(
                Inpainting(
                    picture: Self.picture, mask: Self.mask, strength: example.strength, latentMask: .nearest))
        }
    }

    private static let picture = Image(
        NDArray(shape: [height, width, 3]) { out in
            for index in out.indices {
                let (y, x, channel) = (index / 3 / width, index / 3 % width, index % 3)
                out[index] = Float((7 * x + 13 * y + 50 * channel + 3 * x * y) % 256) / 255
            }
        })

    private static let mask = Mask(
        width: width, height: height,
        inside: (0..<width * height).map {
            (5..<18).contains($0 / width) && (9..<27).contains($0 % width)
        })

    /// In decibels, of pictures in [0, 1].
    private func signalToNoise(_ picture: NDArray, _ reference: NDArray) -> Double {
        let difference = picture - reference
        return -10 * log10(difference.dot(difference) / Double(difference.count))
    }

    /// The tiny pipeline of a task; inpainting with nine channels and a full autoencoder is put together from two.
    private func withPipeline(_ task: String, _ body: (DiffusionPipeline) throws -> Void) throws {
        let (four, nine) = (try ModelCase("pipeline").folder, try ModelCase("pipeline_inpainting").folder)
        guard task.hasPrefix("inpaint9") else { return try body(try DiffusionPipeline(folder: four)) }
        try withTemporaryFolder { folder in
            let whole = folder + "/pipeline"
            try FileManager.default.copyItem(atPath: four, toPath: whole)
            let parts =
                ["unet", "scheduler", "model_index.json"] + (task == "inpaint9-tiny" ? ["vae"] : [])
            for part in parts {
                try FileManager.default.removeItem(atPath: whole + "/" + part)
                try FileManager.default.copyItem(atPath: nine + "/" + part, toPath: whole + "/" + part)
            }
            if task == "inpaint9" {
                let index = try String(contentsOfFile: whole + "/model_index.json", encoding: .utf8)
                try index.replacingOccurrences(of: "AutoencoderTiny", with: "AutoencoderKL")
                    .write(toFile: whole + "/model_index.json", atomically: true, encoding: .utf8)
            }
            try body(try DiffusionPipeline(folder: whole))
        }
    }
}
