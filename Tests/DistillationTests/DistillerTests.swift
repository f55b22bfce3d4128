// Distillation against priors whose answer is known.
import Arrays
import Distillation
import Foundation
import Radiance
import StableDiffusion
import TestSupport
import Testing

@Suite struct DistillerTests {
    @Test func aGaussianPriorIsFollowedToItsPictures() throws {
        let prior = try DistillationFixtures.prior()
        var configuration = DistillationFixtures.configuration(steps: 160)
        // After forming, by score distillation alone.
        configuration.imaginedShare = Ramp(0, 0)
        var lift = try Distiller(configuration, prior: prior, reference: DistillationFixtures.reference())
        var last: DistillationState?
        while let state = lift.next() { last = state }
        // Views between those the prior has seen.
        let cameras = [20, 110, 200, 290].map { Camera(azimuth: $0, elevation: 15) }
        let truth = DistillationFixtures.ball(cameras, size: 32)
        let quality = lift.result.peakSignalToNoise(on: truth, RenderSettings(samplesAcross: 96))
        #expect(quality > 25, "\(quality) dB on held-out views")
        #expect(
            (last?.referenceQuality ?? 0) > 24,
            "\(String(describing: last?.referenceQuality)) dB of the picture")
        #expect(lift.events.isEmpty, "\(lift.events)")
    }

    @Test(
        arguments: [(0, ["prior"]), (0.5, ["imagined", "prior"]), (1, ["imagined"])] as [(Float, [String])])
    func imaginedViewsHaveTheirShareOfThePull(share: Float, terms: [String]) throws {
        var configuration = DistillationFixtures.configuration(steps: 8)
        configuration.formingShare = 0.5
        configuration.imaginedShare = Ramp(share, share)
        var lift = try Distiller(
            configuration, prior: try DistillationFixtures.prior(size: 16),
            reference: DistillationFixtures.reference())
        while let state = lift.next() {
            let found = ["imagined", "prior"].filter { state.losses[$0] != nil }
            #expect(found == (state.stage == .form ? ["imagined"] : terms), "step \(state.step)")
        }
    }

    @Test func theReferenceCameraIsReadOffTheField() throws {
        let prior = try DistillationFixtures.prior()
        var configuration = DistillationFixtures.configuration(steps: 100)
        configuration.formingShare = 0.6
        var lift = try Distiller(configuration, prior: prior, reference: DistillationFixtures.reference())
        for _ in 0..<61 { _ = lift.next() }
        let camera = try #require(lift.referenceCamera)
        // The true crop: see the fixture. The forming field is soft, so a few percent.
        #expect(abs(camera.magnification - 1.109) < 0.08, "magnification \(camera.magnification)")
        #expect(abs(camera.principalPoint.x + 0.099) < 0.06, "shift \(camera.principalPoint)")
    }

    /// A guess that is right is kept, one that is wrong gives way to the field.
    @Test func aGuessOfTheWindowIsWeighedAgainstTheField() throws {
        // The true crop has magnification 1.109 and shift -0.099: see the fixture.
        let guesses = [
            CropTransform(principalPoint: SIMD2(-0.099, 0), magnification: 1.109),
            CropTransform(principalPoint: SIMD2(0.02, 0), magnification: 1.35),
        ]
        for (guess, bound) in zip(guesses, [0.06, 0.12] as [Float]) {
            var configuration = DistillationFixtures.configuration(steps: 100)
            configuration.formingShare = 0.6
            var lift = try Distiller(
                configuration, prior: try DistillationFixtures.prior(crop: guess),
                reference: DistillationFixtures.reference())
            for _ in 0..<61 { _ = lift.next() }
            let camera = try #require(lift.referenceCamera)
            #expect(abs(camera.magnification - 1.109) < bound, "magnification \(camera.magnification)")
            #expect(abs(camera.principalPoint.x + 0.099) < bound, "shift \(camera.principalPoint)")
        }
    }

    @Test func cropsAreKeptWithinWhatPicturesCanBe() {
        #expect(
            CropTransform(principalPoint: [3, -2], magnification: 9).plausible
                == CropTransform(principalPoint: [1, -1], magnification: 3))
    }

    @Test func aResumedRunEndsInTheSameBytes() throws {
        let prior = try DistillationFixtures.prior(size: 16)
        let picture = DistillationFixtures.reference()
        let configuration = DistillationFixtures.configuration(steps: 26)
        var unbroken = try Distiller(configuration, prior: prior, reference: picture)
        while unbroken.next() != nil {}
        try withTemporaryFolder { folder in
            var first = try Distiller(configuration, prior: prior, reference: picture)
            for _ in 0..<13 { _ = first.next() }
            try first.checkpoint().write(to: folder + "/field.safetensors")
            let stored = try FieldCheckpoint(path: folder + "/field.safetensors")
            var second = try Distiller(resuming: stored, prior: prior, reference: picture)
            #expect(second.step == 13)
            while second.next() != nil {}
            #expect(second.field.grid.scalars == unbroken.field.grid.scalars)
            #expect(second.field.network.scalars == unbroken.field.network.scalars)
            #expect(second.result.grid.scalars == unbroken.result.grid.scalars)
            #expect(second.field.occupancy.bits == unbroken.field.occupancy.bits)
        }
    }

    @Test func anEmptyPictureIsRefused() throws {
        let prior = try DistillationFixtures.prior(size: 16)
        #expect(throws: FieldError.self) {
            _ = try Distiller(
                DistillationFixtures.configuration(steps: 4), prior: prior, reference: .zeros([64, 64, 4]))
        }
    }

    @Test func settingsOutOfRangeAreNamed() {
        var configuration = DistillationFixtures.configuration(steps: 4)
        configuration.noiseHigh = Ramp(1.5, 0.5)
        #expect(throws: FieldError("lift settings: noiseHigh is 1.5 to 0.5; it must be within 0 to 1")) {
            try configuration.validate()
        }
    }
}
