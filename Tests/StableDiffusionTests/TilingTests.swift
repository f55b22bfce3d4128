// Large pictures through the autoencoder in tiles.

import Arrays
import Autograd
import StableDiffusion
import TestSupport
import Testing

@Suite struct TilingTests {
    private func latents(_ height: Int, _ width: Int) -> NDArray {
        var stream = RandomStream(seed: 4, stream: "latents")
        // Smooth latents, as pictures have.
        return stream.normal([1, height / 4, width / 4, 4]).resizedBilinear(height: height, width: width)
    }

    private func deviation(_ a: NDArray, _ b: NDArray) -> Float {
        zip(a.scalars, b.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(arguments: ["tiny", "vae"])
    func smallPicturesPassWhole(name: String) throws {
        let model = try Autoencoder(folder: ModelCase(name).folder)
        let input = latents(16, 24)
        expectIdentical(model.decode(input, tiling: Tiling()), model.decode(Tensor(input)).value)
    }

    /// Without norms and attention a decoder knows its surroundings only, so tiles agree wherever each of them sees far
    /// enough: beyond the reach of its borders, and at its borders it does not count.
    @Test func aLocalAutoencoderIsTheSameInTiles() throws {
        let model = try Autoencoder(folder: ModelCase("tiny").folder)
        let scale = model.downscale
        let input = latents(48, 64)
        let whole = model.decode(Tensor(input)).value
        let tiling = Tiling(wholeArea: 0, side: 32 * scale, overlap: 24 * scale)
        let tiled = model.decode(input, tiling: tiling)
        expectClose(tiled, whole, relative: 1e-3)
        let picture = whole.clamped(-1...1)
        let encoded = model.encode(picture, tiling: tiling)
        expectClose(encoded.mean, model.encode(Tensor(picture)).value, relative: 1e-3)
        #expect(encoded.deviation == nil)
    }

    /// Norms and attention see one tile at a time, so values differ, but from pixel to pixel the picture runs on as
    /// smoothly across the borders of tiles as it does elsewhere.
    @Test func tilesOfAFullAutoencoderShowNoSeam() throws {
        let model = try Autoencoder(folder: ModelCase("vae").folder)
        let scale = model.downscale
        let input = latents(32, 48)
        let whole = model.decode(Tensor(input)).value
        let tiled = model.decode(input, tiling: Tiling(wholeArea: 0, side: 16 * scale, overlap: 6 * scale))
        #expect(tiled.shape == whole.shape)
        let (tiledSteps, wholeSteps) = (steps(tiled), steps(whole))
        let usual = wholeSteps.max() ?? 0
        #expect(tiledSteps.allSatisfy { $0 < 1.25 * usual }, "\(tiledSteps.max() ?? 0) of \(usual)")
    }

    /// The mean absolute step from each column to the next.
    private func steps(_ picture: NDArray) -> [Float] {
        let width = picture.shape[2]
        let difference = picture.sliced(axis: 2, 1..<width) - picture.sliced(axis: 2, 0..<width - 1)
        let magnitude = (difference * difference).summed(axes: [0, 1, 3])
        return magnitude.scalars.map { ($0 / Float(picture.shape[1] * picture.shape[3])).squareRoot() }
    }

    @Test(arguments: [(17, 8, 3), (100, 16, 4), (16, 16, 4), (9, 8, 7), (5, 8, 2), (33, 10, 0), (64, 7, 6)])
    func aConstantStaysConstant(extent: Int, side: Int, overlap: Int) throws {
        // The weights of overlapping tiles add up to one: what all tiles agree on is kept, whatever their number.
        let model = try Autoencoder(folder: ModelCase("tiny").folder)
        let scale = model.downscale
        let picture = NDArray.full(0.3, [1, extent * scale, scale, 3])
        let tiling = Tiling(wholeArea: 0, side: side * scale, overlap: overlap * scale)
        let encoded = model.encode(picture, tiling: tiling).mean
        #expect(encoded.shape == [1, extent, 1, 4])
        let middle = model.encode(Tensor(NDArray.full(0.3, [1, side * scale, scale, 3]))).value
        // No value leaves the range of what a single tile gives.
        let (low, high) = (middle.scalars.min() ?? 0, middle.scalars.max() ?? 0)
        #expect(encoded.scalars.allSatisfy { $0 > low - 0.5 && $0 < high + 0.5 })
    }

    @Test func theSpreadOfLatentsIsScaledAsTheyAre() throws {
        let example = try ModelCase("vae")
        let model = try Autoencoder(folder: example.folder)
        let encoded = model.encode(try example["image"], tiling: Tiling())
        let noise = try example["noise"]
        let sample = encoded.mean + (try #require(encoded.deviation)) * noise
        expectClose(sample, model.scaled(Tensor(try example["sample"])).value, relative: 1e-5)
    }
}
