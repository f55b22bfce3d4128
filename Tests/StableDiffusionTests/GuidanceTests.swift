// Classifier-free guidance: its formula, and how much of the conditional contrast it is given back.

import Arrays
import Foundation
import StableDiffusion
import TestSupport
import Testing

@Suite struct GuidanceTests {
    private let pipeline: DiffusionPipeline
    private let condition: NDArray
    private let unconditional: NDArray
    private let latents: NDArray

    init() throws {
        pipeline = try GenerationBench.pipeline()
        let texts = pipeline.embedding(of: ["a red mug", ""])
        (condition, unconditional) = (texts.leading(0..<1), texts.leading(1..<2))
        var stream = RandomStream(seed: 1, stream: "latents")
        latents = stream.normal([2, 4, 6, 4])
    }

    private func predict(_ guidance: Float, rescale: Float = 0) -> NDArray {
        pipeline.predict(
            latents, timestep: 500, condition: condition, unconditional: unconditional, guidance: guidance,
            rescale: rescale)
    }

    private func plain(_ text: NDArray) -> NDArray {
        pipeline.predict(latents, timestep: 500, condition: text)
    }

    /// u + s (c - u): Ho and Salimans 2022, equation 6 in the form that pipelines use.
    @Test(arguments: [0, 0.5, 3, 7.5] as [Float])
    func guidanceGoesFromTheUnconditionalPastTheConditional(strength: Float) {
        let (u, c) = (plain(unconditional), plain(condition))
        // Both passes run as one batch, whose products may round another way.
        expectClose(predict(strength), u + (c - u) * strength, relative: 1e-5)
    }

    /// Lin and others 2023, section 3.4: σ(c) / σ(guided), mixed with 1 by the share; picture by picture.
    @Test(arguments: [0.25, 0.5, 1] as [Float])
    func rescaledGuidanceIsAMixture(share: Float) {
        func deviation(_ array: NDArray) -> Double {
            let mean = array.total() / Double(array.count)
            let centred = array - Float(mean)
            return (centred.dot(centred) / Double(array.count - 1)).squareRoot()
        }
        let (guided, c) = (predict(9), plain(condition))
        let found = predict(9, rescale: share)
        for picture in 0..<2 {
            let own = guided[leading: picture]
            let factor = Float(deviation(c[leading: picture]) / deviation(own))
            #expect(abs(factor - 1) > 0.01, "the fixture shows a difference")
            expectClose(
                found[leading: picture], own * (share * factor + (1 - share)), relative: 1e-5,
                "share \(share)")
        }
    }
}
