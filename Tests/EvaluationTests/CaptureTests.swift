// A toy photographed from all round, fitted, and judged by views that the fit did not see.

import Arrays
import Evaluation
import Foundation
import Images
import Lathe
import Meshes
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
            guard case .field(let scene) = try Subject.open(result.field) else {
                Issue.record("\(result.field) is no field")
                return
            }
            try expectMeshLooksLikeField(scene.field)
        }
    }

    /// The picture laid over the mesh shows what the field shows, from a side that it was not painted from.
    private func expectMeshLooksLikeField(_ field: RadianceField) throws {
        let (mesh, overlap) = try MeshExport.extract(
            field, photograph: nil, MeshOptions(resolution: 48, faces: 3000, texture: 256))
        #expect(overlap > 0.9)
        #expect(mesh.mesh.topology.faces <= 3000)
        #expect(mesh.materials.first?.texture?.width == 256)
        let camera = Camera(azimuth: 40, elevation: 25)
        let seen = field.view(from: camera, size: 64, needsNormals: false).colour.scalars
        let drawn = MeshView(mesh).view(from: camera, size: 64, needsNormals: false).colour.scalars
        var error: Float = 0, count: Float = 0
        for pixel in 0..<64 * 64 where seen[4 * pixel + 3] > 0.98 && drawn[4 * pixel + 3] > 0.98 {
            for k in 0..<3 {
                let difference = seen[4 * pixel + k] - drawn[4 * pixel + k]
                error += difference * difference
                count += 1
            }
        }
        let quality = -10 * log10(error / count)
        // Measured: 40 dB over 2,412 values.
        #expect(count > 300 && quality > 30, "\(quality) dB over \(count) values")
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
