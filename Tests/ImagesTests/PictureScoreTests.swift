// Scores of pictures whose answers are known.

import Arrays
import Images
import Testing

@Suite struct PictureScoreTests {
    @Test func knownDifferencesHaveKnownScores() {
        let a = NDArray.zeros([2, 2, 3])
        #expect(abs(PictureScores.psnr(a, NDArray.full(0.1, [2, 2, 3])) - 20) < 1e-4)
        #expect(PictureScores.psnr(a, a) == 60)
        // One of four pixels counts.
        let b = NDArray([0.1, 0.1, 0.1] + [Float](repeating: 1, count: 9), shape: [2, 2, 3])
        let mask = NDArray([1, 0, 0, 0.5], shape: [2, 2])
        #expect(abs(PictureScores.psnr(a, b, inside: mask) - 20) < 1e-4)
    }

    @Test func overlapCountsPixels() {
        let a = NDArray([1, 1, 0, 0], shape: [2, 2])
        let b = NDArray([0.6, 0, 0.7, 0.5], shape: [2, 2])
        #expect(abs(PictureScores.intersectionOverUnion(a, b) - 1.0 / 3) < 1e-9)
        #expect(PictureScores.intersectionOverUnion(NDArray.zeros([2, 2]), NDArray.zeros([2, 2])) == 1)
    }
}
