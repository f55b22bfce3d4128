// The joint multi-view prior against PyTorch, and its folder's errors.

import Arrays
import Checkpoints
import Distillation
import Foundation
import TestSupport
import Testing

@Suite struct MultiViewPriorTests {
    @Test(arguments: ["prior", "prior_first_guess"])
    func predictionsMatchTheReference(name: String) throws {
        let example = try ModelCase(name)
        let prior = try MultiViewPrior(folder: example.folder)
        let conditioning = prior.encode(try example["picture"], elevation: 12)
        let noisy = try example["noisy"]
        let plain = prior.predictSample(noisy, timestep: 700, conditioning, guidance: 1)
        expectClose(plain, try example["conditioned"], relative: 1e-5)
        let guided = prior.predictSample(noisy, timestep: 700, conditioning, guidance: 1.7)
        expectClose(guided, try example["guided"], relative: 1e-5)
        let elevation = try #require(conditioning.estimatedElevation)
        expectClose([elevation], try example["elevation"].scalars, relative: 1e-5)
        let crop = try #require(conditioning.estimatedCrop)
        expectClose(
            [crop.principalPoint.x, crop.principalPoint.y, log(crop.magnification)],
            try example["window"].scalars, relative: 1e-5)
    }

    @Test func theFirstGuessMatchesTheReference() throws {
        let example = try ModelCase("prior_first_guess")
        let seen = try MultiViewPrior(folder: example.folder).encode(example["picture"])
        expectClose(try #require(seen.firstGuess), try example["first_guess"], relative: 1e-5)
        let plain = try ModelCase("prior")
        #expect(try MultiViewPrior(folder: plain.folder).encode(plain["picture"]).firstGuess == nil)
    }

    @Test func aMissingFirstGuessIsNamed() throws {
        let source = try ModelCase("prior_first_guess").folder
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(atPath: source, toPath: folder + "/prior")
            try FileManager.default.removeItem(atPath: folder + "/prior/first_guess.safetensors")
            let error = #expect(throws: CheckpointError.self) {
                try MultiViewPrior(folder: folder + "/prior")
            }
            #expect(try #require(error).description.contains("first_guess.safetensors"))
        }
    }

    @Test func theCameraHeadsAreOptional() throws {
        let example = try ModelCase("prior")
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(atPath: example.folder, toPath: folder + "/prior")
            for head in ["elevation", "window"] {
                try FileManager.default.removeItem(atPath: folder + "/prior/\(head).safetensors")
            }
            let seen = try MultiViewPrior(folder: folder + "/prior").encode(try example["picture"])
            #expect(seen.estimatedElevation == nil)
            #expect(seen.estimatedCrop == nil)
        }
    }

    @Test func aPipelineIsNotAPrior() throws {
        let error = #expect(throws: CheckpointError.self) {
            try MultiViewPrior(folder: ModelCase("pipeline").folder)
        }
        #expect(try #require(error).description.contains("StableDiffusionPipeline"))
    }

    @Test(arguments: [
        ("\"grid\": 2", "\"grid\": 4", "view_patch"), ("\"views\": 3", "\"views\": 2", "azimuths"),
        ("\"kind\": \"joint-views\"", "\"kind\": \"one-view\"", "kind"),
        ("\"picture_object_side\": 6", "\"picture_object_side\": 60", "picture_object_side"),
    ])
    func aLayoutThatMakesNoSenseIsRefused(right: String, wrong: String, key: String) throws {
        let source = try ModelCase("prior").folder
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(atPath: source, toPath: folder + "/prior")
            let path = folder + "/prior/prior.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains(right))
            try text.replacingOccurrences(of: right, with: wrong)
                .write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: CheckpointError.self) {
                try MultiViewPrior(folder: folder + "/prior")
            }
            #expect(try #require(error).description.contains("'\(key)'"))
        }
    }
}
