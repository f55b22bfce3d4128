// A toy photographed from all round, fitted, and judged by views that the fit did not see.

import Arrays
import Foundation
import Lathe
import Radiance
import TestSupport
import Testing
import Toybox

@Suite struct CaptureTests {
    /// The full-size figure (50 views of 160 px, above 30 dB in well under two minutes) is `lathe toybox capture`
    /// and `lathe fit` with their defaults; this is the same path at a size for every test run.
    @Test func aCapturedToyIsFittedToViewsItWasNotShown() throws {
        try withTemporaryFolder { folder in
            let toy = try ToyObject.make(seed: 4, split: .heldOut, className: "mug")
            try ToyCapture(train: 32, test: 4, size: 48).write(toy, into: folder + "/toy")
            let train = try PosedPictures(folder: folder + "/toy", part: "train")
            let test = try PosedPictures(folder: folder + "/toy", part: "test")
            #expect(train.count == 32 && test.count == 4 && test.width == 48)
            #expect(Set(train.cameras).isDisjoint(with: test.cameras))
            var configuration = FitConfiguration(steps: 400, raysPerStep: 1024, samplesAcross: 96)
            configuration.field.grid = HashGrid(
                levels: 6, featuresPerLevel: 2, log2TableSize: 14, baseResolution: 8, finestResolution: 64)
            configuration.field.hiddenWidth = 32
            let result = try FitRun.run(configuration, folder: folder + "/toy", output: folder + "/fit")
            let quality = try #require(result.heldOutQuality)
            #expect(quality > 23, "\(quality) dB")
            #expect(FileManager.default.fileExists(atPath: result.field))
        }
    }

    @Test func aFitGoesOnFromItsRunDirectory() throws {
        try withTemporaryFolder { folder in
            let toy = try ToyObject.make(seed: 1, split: .heldOut, className: "apple")
            try ToyCapture(train: 4, test: 1, size: 16).write(toy, into: folder + "/toy")
            let configuration = FitConfiguration(steps: 12, raysPerStep: 64, samplesAcross: 32)
            let whole = try FitRun.run(configuration, folder: folder + "/toy", output: folder + "/whole")
            struct Stop: Error {}
            #expect(throws: Stop.self) {
                try FitRun.run(configuration, folder: folder + "/toy", output: folder + "/part") {
                    if $0.step == 5 { throw Stop() }
                }
            }
            var resumedAt: Int?
            let resumed = try FitRun.run(
                configuration, folder: folder + "/toy", output: folder + "/part", resume: true
            ) { resumedAt = resumedAt ?? $0.step }
            #expect(resumedAt == 6 && resumed.heldOutQuality == whole.heldOutQuality)
            let (one, other) = try (FieldCheckpoint(path: whole.field), FieldCheckpoint(path: resumed.field))
            #expect(one.field.grid.scalars == other.field.grid.scalars)
            #expect(throws: LatheError.self) {
                try FitRun.run(
                    configuration, folder: folder + "/toy", output: folder + "/none", resume: true)
            }
        }
    }
}
