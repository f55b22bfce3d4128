// A text model as a prior of views: which words it is told for a camera, and where it looks from.

import Arrays
import Autograd
import Distillation
import Radiance
import StableDiffusion
import TestSupport
import Testing

@Suite struct TextPriorTests {
    private let pipeline: DiffusionPipeline
    private let prior: TextViewPrior

    init() throws {
        pipeline = try DiffusionPipeline(folder: LatentPriorTests.text, sampler: .ddim)
        prior = TextViewPrior(pipeline, prompt: "a red ball", viewSize: 16)
    }

    /// Front to side over the first 90 degrees, side to back over the rest; the same to both sides.
    @Test(
        arguments: [
            (0, "front", "front", 0), (45, "front", "side", 0.5), (90, "side", "side", 0),
            (-90, "side", "side", 0),
            (150, "side", "back", 60.0 / 90), (180, "back", "back", 0), (300, "front", "side", 60.0 / 90),
        ] as [(Float, String, String, Float)])
    func aCameraIsToldWhatSideItSees(azimuth: Float, from: String, to: String, share: Float) {
        var random = RandomStream(seed: 3, stream: "noisy")
        let noisy = random.normal([1, 4, 4, 4])
        let found = prior.denoise(
            noisy, timestep: 500, cameras: [Camera(azimuth: azimuth, elevation: 10)], guidance: 1)
        let words = pipeline.embedding(of: ["a red ball, \(from) view", "a red ball, \(to) view"])
        let (first, second) = (words.leading(0..<1), words.leading(1..<2))
        let output = pipeline.predict(noisy, timestep: 500, condition: first + (second - first) * share)
        let expected = pipeline.schedule.clean(from: Tensor(output), noisy: Tensor(noisy), at: 500).value
        // The azimuth goes through a camera's position and back.
        expectClose(found, expected, relative: 1e-4)
        // The fixture tells the three apart.
        let other = pipeline.predict(
            noisy, timestep: 500,
            condition: pipeline.embedding(of: ["a red ball, \(from == "back" ? "front" : "back") view"]))
        #expect(Difference(output.scalars, other.scalars).relative > 1e-3)
    }

    @Test func viewsGoAllRoundInEqualParts() {
        var random = RandomStream(seed: 5, stream: "cameras")
        for _ in 0..<20 {
            let cameras = prior.cameras(progress: 0, random: &random)
            #expect(cameras.count == prior.views.count)
            for (index, camera) in cameras.enumerated() {
                let azimuth = camera.azimuth < 0 ? camera.azimuth + 360 : camera.azimuth
                let part = 360 / Float(prior.views.count)
                // The azimuth goes through a position and back.
                #expect(azimuth > part * Float(index) - 0.01 && azimuth < part * Float(index + 1) + 0.01)
                #expect(camera.elevation > -10.01 && camera.elevation < 45.01)
            }
        }
    }
}
