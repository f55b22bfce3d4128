// Priors of published latent models: Zero-1-to-3 against PyTorch, and both kinds driving a lift.

import Arrays
import Distillation
import Foundation
import Radiance
import StableDiffusion
import TestSupport
import Testing

@Suite struct LatentPriorTests {
    static let pose = Fixture.folder() + "/pose"
    /// The text pipeline that the diffusion tests compare with PyTorch.
    static let text = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "StableDiffusionTests/Fixtures/pipeline").path

    @Test func cleanLatentsOfNewViewsMatchTheReference() throws {
        let fixture = try Fixture("pose/case")
        let prior = try Zero123Prior(folder: Self.pose, reference: fixture["reference"], elevation: 20)
        let table = try fixture["cameras"].scalars
        let cameras = stride(from: 0, to: table.count, by: 3).map {
            Camera(azimuth: table[$0], elevation: table[$0 + 1], radius: table[$0 + 2])
        }
        let clean = prior.denoise(try fixture["noisy"], timestep: 600, cameras: cameras, guidance: 3)
        // Elevation and azimuth go through a camera's position and back, which costs a digit.
        expectClose(clean, try fixture["clean"], relative: 2e-5)
    }

    /// With random weights nothing sensible grows; but every part runs, and the gradient reaches the field.
    @Test(arguments: ["pose", "text"])
    func aLatentPriorMovesTheField(kind: String) throws {
        let reference = DistillationFixtures.reference()
        var views = RandomViews()
        views.count = 2
        let prior: any ViewPrior =
            if kind == "pose" {
                try Zero123Prior(
                    folder: Self.pose, reference: reference, elevation: 10, viewSize: 16, views: views)
            } else {
                TextViewPrior(
                    try DiffusionPipeline(folder: Self.text, sampler: .ddim), prompt: "a red ball",
                    viewSize: 16, views: views)
            }
        var configuration = DistillationFixtures.configuration(steps: 4)
        configuration.referenceWeight = 0
        configuration.entropy = 0
        configuration.smoothness = Smoothness()
        var lift = try Distiller(configuration, prior: prior, reference: reference)
        let before = lift.field.network.scalars
        while let state = lift.next() {
            let loss = try #require(state.losses["prior"])
            #expect(loss.isFinite && loss > 0)
            #expect(state.timestep > 0)
        }
        let after = lift.field.network.scalars
        #expect(after.allSatisfy(\.isFinite) && after != before)
        #expect(lift.referenceCamera?.elevation ?? 0 > 9, "the reference is seen from 10 degrees")
    }
}
