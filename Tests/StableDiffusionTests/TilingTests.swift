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

    /// Norms and attention see one tile at a time, so a tiled picture differs from a whole one; but by what it differs
    /// changes slowly from pixel to pixel, where tiles side by side leave a step at each border.
    @Test func tilesOfAFullAutoencoderShowNoSeam() throws {
        let model = try Autoencoder(folder: ModelCase("vae").folder)
        let scale = model.downscale
        let input = latents(32, 48)
        let whole = model.decode(Tensor(input)).value
        func largestStep(overlap: Int) -> Float {
            let tiling = Tiling(wholeArea: 0, side: 16 * scale, overlap: overlap * scale)
            let difference = model.decode(input, tiling: tiling) - whole
            return max(
                steps(difference).max() ?? 0, steps(difference.transposed([0, 2, 1, 3])).max() ?? 0)
        }
        #expect(largestStep(overlap: 8) < largestStep(overlap: 0) / 3)
    }

    /// The root mean square of the step from each column to the next.
    private func steps(_ picture: NDArray) -> [Float] {
        let width = picture.shape[2]
        let difference = picture.sliced(axis: 2, 1..<width) - picture.sliced(axis: 2, 0..<width - 1)
        let magnitude = (difference * difference).summed(axes: [0, 1, 3])
        return magnitude.scalars.map { ($0 / Float(picture.shape[1] * picture.shape[3])).squareRoot() }
    }

    @Test func whatAllTilesAgreeOnIsKept() {
        var stream = RandomStream(seed: 6, stream: "tiles")
        for _ in 0..<200 {
            let (height, width) = (1 + stream.int(below: 60), 1 + stream.int(below: 60))
            let side = 1 + stream.int(below: 20), overlap = stream.int(below: side)
            let scale = 1 + stream.int(below: 3)
            func value(_ row: Int, _ column: Int, _ channel: Int) -> Float {
                Float(row) - 2 * Float(column) + 100 * Float(channel)
            }
            func picture(_ rows: Range<Int>, _ columns: Range<Int>) -> NDArray {
                NDArray(
                    (rows.lowerBound * scale..<rows.upperBound * scale).flatMap { row in
                        (columns.lowerBound * scale..<columns.upperBound * scale).flatMap { column in
                            (0..<2).map { value(row, column, $0) }
                        }
                    }, shape: [1, rows.count * scale, columns.count * scale, 2])
            }
            var largest = 0
            let blended = blendedTiles(
                height: height, width: width, side: side, overlap: overlap, scale: scale
            ) { rows, columns in
                largest = max(largest, rows.count, columns.count)
                return picture(rows, columns)
            }
            #expect(largest <= side)
            expectClose(
                blended, picture(0..<height, 0..<width), relative: 1e-6,
                "\(height) x \(width) in tiles of \(side) that overlap by \(overlap)")
        }
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
