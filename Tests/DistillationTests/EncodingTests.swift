// What priors are shown of rendered views: the range of their values, the background, the way back.

import Arrays
import Autograd
import Distillation
import StableDiffusion
import TestSupport
import Testing

@Suite struct EncodingTests {
    private let autoencoder: Autoencoder
    /// `[2, 16, 16, 4]`, premultiplied, opacities of every kind.
    private let views: NDArray

    init() throws {
        autoencoder = try DiffusionPipeline(folder: LatentPriorTests.text, sampler: .ddim).autoencoder
        var random = RandomStream(seed: 4, stream: "views")
        let values = random.uniform([2, 16, 16, 4]).scalars
        views = NDArray(
            values.indices.map { $0 % 4 == 3 ? values[$0] : values[$0] * values[$0 / 4 * 4 + 3] },
            shape: [2, 16, 16, 4])
    }

    /// Autoencoders were trained on values from -1 to 1.
    @Test func autoencodersSeeViewsOverTheirBackgroundFromMinusOneToOne() {
        let background: [Float] = [0.9, 0.4, 0.1]
        let pixels = views.scalars
        var values: [Float] = []
        for pixel in 0..<2 * 256 {
            let behind = 1 - pixels[4 * pixel + 3]
            for channel in 0..<3 {
                let over = pixels[4 * pixel + channel] + behind * background[channel]
                values.append(2 * over - 1)
            }
        }
        let pictures = NDArray(values, shape: [2, 16, 16, 3])
        let encoded = EncodedViews.latents(views, background: background, side: 16, autoencoder)
        expectClose(encoded.values, autoencoder.encode(Tensor(pictures)).value, relative: 1e-5)
    }

    @Test func jointPriorsSeePixelsFromMinusOneToOne() {
        let encoded = EncodedViews.pixels(views)
        expectClose(encoded.values.scalars, views.scalars.map { 2 * $0 - 1 })
        expectClose(encoded.pullback(views).scalars, views.scalars.map { 2 * $0 })
    }

    /// The slope of a random projection of the latents, by the way back and by a small step along it.
    @Test func theWayBackIsTheSlopeOfTheWayThere() {
        let background: [Float] = [0.9, 0.4, 0.1]
        let encoded = EncodedViews.latents(views, background: background, side: 32, autoencoder)
        var random = RandomStream(seed: 5, stream: "slope")
        let weights = random.normal(encoded.values.shape)
        let slope = encoded.pullback(weights)
        #expect(slope.shape == views.shape)
        func projection(_ step: Float) -> Double {
            EncodedViews.latents(views + slope * step, background: background, side: 32, autoencoder).values
                .dot(weights)
        }
        let length = slope.dot(slope)
        let step = Float(0.02 / length.squareRoot())
        let difference = (projection(step) - projection(-step)) / (2 * Double(step))
        // Central differences of float32 sums.
        #expect(abs(difference / length - 1) < 0.01, "\(difference) for \(length)")
    }
}
