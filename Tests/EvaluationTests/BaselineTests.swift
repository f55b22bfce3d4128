// The simple guesses that lifts are compared with, where their answers are known.

import Arrays
import Compositing
import Evaluation
import Images
import Lathe
import Testing
import Toybox

@Suite struct BaselineTests {
    private let size = 32
    private let guesses = Baselines(azimuth: 20, elevation: 10, size: 32)

    @Test func theMeanOfOneObjectIsThatObject() throws {
        let object = try ToyObject.make(seed: 4, split: .train)
        let truth = guesses.render(object)
        #expect(truth.count == 12)
        for (mean, view) in zip(guesses.meanObject(of: [object]), truth) {
            #expect(PictureScores.psnr(mean, view) == 60)
        }
    }

    @Test func anObjectOfTheBankIsFoundAgain() throws {
        let bank = try (0..<6).map { try ToyObject.make(seed: $0, split: .train) }
        let wanted = bank[3]
        let photograph = Baselines.picture(wanted, camera: guesses.framedCamera(of: wanted), size: size)
        let found = guesses.retrieved(for: photograph, from: bank)
        for (a, b) in zip(found, guesses.render(wanted)) { #expect(a.scalars == b.scalars) }
    }

    @Test func theExtrudedSilhouetteFitsWhereItWasPhotographed() throws {
        let object = try ToyObject.make(seed: 1, split: .train)
        // The first of the twelve views looks from where the photograph was taken.
        let camera = try #require(guesses.cameras.first)
        let photograph = Baselines.picture(object, camera: camera, size: size)
        let extruded = guesses.extruded(photograph, camera: camera)
        func silhouette(_ picture: NDArray) -> NDArray {
            NDArray((0..<size * size).map { picture.scalars[4 * $0 + 3] }, shape: [size, size])
        }
        let front = PictureScores.intersectionOverUnion(silhouette(extruded[0]), silhouette(photograph))
        #expect(front > 0.9, "\(front)")
        let truth = guesses.render(object)
        let side = PictureScores.intersectionOverUnion(silhouette(extruded[3]), silhouette(truth[3]))
        #expect(side < front)
    }
}
