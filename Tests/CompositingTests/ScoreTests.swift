// Scores of filled holes: what they must rank, and values worked out elsewhere.

import Arrays
import Compositing
import Images
import TestSupport
import Testing

@Suite struct ScoreTests {
    private let whole = Mask(width: 64, height: 64, value: 1)

    private func grain(_ seed: UInt64) -> Image {
        var random = RandomStream(seed: seed, stream: "grain")
        return Pictures.noise(&random, width: 64, height: 64, channels: 3)
    }

    @Test func equalPicturesAreEqual() {
        let picture = grain(1)
        #expect(StructuralSimilarity.score(picture, picture, inside: whole) > 0.99999)
        #expect(PerceptualDistance.score(picture, picture, inside: whole) == 0)
        #expect(PictureScores.psnr(picture, picture, inside: whole) == 60)
    }

    @Test func psnrIsThatOfTheDifference() {
        let a = Image(width: 64, height: 64, color: [0.5, 0.5, 0.5])
        let b = Image(width: 64, height: 64, color: [0.6, 0.6, 0.6])
        #expect(abs(PictureScores.psnr(a, b, inside: whole) - 20) < 1e-3)
    }

    @Test func ssimOfFlatPicturesIsTheLuminanceTerm() {
        let a = Image(width: 64, height: 64, color: [0.5, 0.5, 0.5])
        let b = Image(width: 64, height: 64, color: [0.25, 0.25, 0.25])
        // (2·0.5·0.25 + 1e-4) / (0.25 + 0.0625 + 1e-4)
        #expect(abs(StructuralSimilarity.score(a, b, inside: whole) - 0.80006) < 1e-4)
    }

    @Test func grainOfTheSameKindIsNearerThanABlurAndABlurFarFromGrain() {
        let truth = grain(2), other = grain(3)
        let flat = truth.resized(width: 8, height: 8).resized(width: 64, height: 64)
        let alike = PerceptualDistance.score(truth, other, inside: whole)
        let blurred = PerceptualDistance.score(truth, flat, inside: whole)
        #expect(alike < 0.15, "\(alike)")
        #expect(blurred > 2 * alike, "\(blurred)")
        // PSNR says the opposite, which is why both are shown.
        #expect(
            PictureScores.psnr(truth, other, inside: whole)
                < PictureScores.psnr(truth, flat, inside: whole))
    }

    @Test func onlyTheInsideCounts() {
        let a = grain(4)
        var b = a
        b.pixels.withUnsafeMutableBuffer { values in for i in 0..<(8 * 64 * 3) { values[i] = 0 } }
        let below = Mask(width: 64, height: 64, inside: (0..<4096).map { $0 / 64 >= 56 })
        #expect(PictureScores.psnr(a, b, inside: below) == 60)
        #expect(StructuralSimilarity.score(a, b, inside: below) > 0.9999)
        #expect(PerceptualDistance.score(a, b, inside: below) < 1e-6)
    }
}
