// The starter view prior turns objects that it never saw.

import Arrays
import Compositing
import Distillation
import Evaluation
import Foundation
import Images
import Lathe
import Radiance
import StableDiffusion
import Testing
import Toybox

@Suite struct StarterPriorTests {
    /// What it imagines, against the true views of its ring; measured: 24.8, 20.7 and 18.7 dB.
    @Test(
        arguments: [("penguin", 6, 22), ("mug", 2, 18), ("hamburger", 2, 16.5)] as [(String, UInt64, Double)])
    func imaginedViewsAreLikeTheTrueOnes(className: String, seed: UInt64, bound: Double) throws {
        let object = try ToyObject.make(seed: seed, split: .heldOut, className: className)
        let scene = Baselines(azimuth: 25, elevation: 13, size: 64)
        let photograph = Baselines.picture(object, camera: scene.framedCamera(of: object), size: 64)
        let prior = JointViewPrior(try Self.model(), reference: photograph)
        var random = RandomStream(seed: 0, stream: "imagine")
        let views = try #require(prior.imagine(random: &random))
        let size = prior.viewSize
        var sum = 0.0
        for (number, camera) in views.cameras.enumerated() {
            let truth = Baselines.picture(
                object, camera: ToyCamera(azimuth: 25 + camera.azimuth, elevation: camera.elevation),
                size: size)
            let seen = views.pixels[leading: number]
            sum += PictureScores.psnr(seen, truth)
        }
        let quality = sum / Double(views.cameras.count)
        #expect(quality > bound, "\(quality) dB")
    }

    /// Where the framed picture lies in the uncropped view; without a head for it there would be no guess.
    @Test(arguments: [("penguin", 6), ("mug", 2), ("car", 1), ("duck", 3)] as [(String, UInt64)])
    func theWindowIsGuessed(className: String, seed: UInt64) throws {
        let object = try ToyObject.make(seed: seed, split: .heldOut, className: className)
        let whole = ToyCamera(azimuth: 25, elevation: 13)
        let framed = ToyRenderer.framing(object, camera: whole)
        let truth = framed.window(in: whole)
        let photograph = Baselines.picture(object, camera: framed, size: 64)
        let guess = try #require(JointViewPrior(try Self.model(), reference: photograph).referenceCrop)
        let shift = guess.principalPoint - truth.principalPoint
        // About three mean errors on unseen classes, which stand on the model card.
        #expect(max(abs(shift.x), abs(shift.y)) < 0.08, "\(guess), expected \(truth)")
        #expect(abs(log(guess.magnification / truth.magnification)) < 0.2, "\(guess), expected \(truth)")
    }

    private static func model() throws -> MultiViewPrior {
        try MultiViewPrior(
            folder: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Models/starter/prior").path)
    }
}
