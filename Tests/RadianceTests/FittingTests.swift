// Fits, checkpoints and camera files.
import Arrays
import Foundation
import Radiance
import TestSupport
import Testing

@Suite struct FittingTests {
    /// Pictures of a known field from all round.
    static func pictures(_ count: Int, size: Int) throws -> PosedPictures {
        let density = DensityActivation(scale: 25, bias: -8, blob: .gaussian(amplitude: 16, width: 0.3))
        var truth = try FieldFixtures.field(FieldFixtures.configuration(.smoothstep, density: density))
        truth.grid.withUnsafeMutableBuffer { for i in $0.indices { $0[i] *= 0.5 } }
        let cameras = (0..<count).map {
            Camera(azimuth: Float($0) * 137.5, elevation: Float($0 * 17 % 60) - 20)
        }
        let seen = truth.render(
            RayBatch(cameras, width: size, height: size),
            RenderSettings(samplesAcross: 256, skipsEmptySpace: false))
        return PosedPictures(cameras: cameras, pixels: seen.pictures(count, width: size, height: size))
    }

    static func configuration(steps: Int) -> FitConfiguration {
        var result = FitConfiguration(steps: steps, raysPerStep: 512, samplesAcross: 64, seed: 3)
        result.field.grid = HashGrid(
            levels: 4, featuresPerLevel: 2, log2TableSize: 12, baseResolution: 5, finestResolution: 24)
        result.field.hiddenWidth = 16
        result.field.occupancyResolution = 16
        return result
    }

    @Test func aFitNearsItsPictures() throws {
        let pictures = try Self.pictures(12, size: 24)
        var fitting = try FieldFitting(Self.configuration(steps: 250), pictures: pictures)
        let before = fitting.field.peakSignalToNoise(on: pictures)
        while fitting.next() != nil {}
        let after = fitting.result.peakSignalToNoise(on: pictures)
        #expect(after > 25 && after > before + 8, "\(before) dB before, \(after) dB after")
    }

    @Test func aResumedFitEndsInTheSameBytes() throws {
        let pictures = try Self.pictures(4, size: 12)
        let configuration = Self.configuration(steps: 40)
        var unbroken = try FieldFitting(configuration, pictures: pictures)
        while unbroken.next() != nil {}
        try withTemporaryFolder { folder in
            var first = try FieldFitting(configuration, pictures: pictures)
            for _ in 0..<21 { _ = first.next() }
            try first.checkpoint.write(to: folder + "/field.safetensors")
            let stored = try FieldCheckpoint(path: folder + "/field.safetensors")
            #expect(stored.step == 21 && stored.field.grid.scalars == first.field.grid.scalars)
            var second = try FieldFitting(configuration, pictures: pictures, from: stored)
            while second.next() != nil {}
            #expect(second.field.grid.scalars == unbroken.field.grid.scalars)
            #expect(second.result.network.scalars == unbroken.result.network.scalars)
            #expect(second.field.occupancy.bits == unbroken.field.occupancy.bits)
        }
    }

    @Test func camerasSurviveTheirFile() throws {
        let cameras = [0, 50, 200].map { Camera(azimuth: $0, elevation: 20, radius: 3, fieldOfView: 40) }
        let file = TransformsFile(
            cameras.enumerated().map { ("view\($0.offset)", $0.element) }, width: 30, height: 20)
        let read = try JSONDecoder().decode(TransformsFile.self, from: file.encoded())
        for (frame, camera) in zip(read.frames, cameras) {
            let back = try read.camera(frame, width: 30, height: 20, path: "transforms.json")
            let difference = zip(
                back.rays(width: 5, height: 4).rays.scalars, camera.rays(width: 5, height: 4).rays.scalars)
            #expect(difference.allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func aFolderWithoutCamerasIsRefusedInOneLine() throws {
        try withTemporaryFolder { folder in
            #expect(throws: FieldError.self) { _ = try PosedPictures(folder: folder, part: "train") }
            try "{\"frames\": []}".write(
                toFile: folder + "/transforms.json", atomically: true, encoding: .utf8)
            #expect(throws: FieldError("\(folder)/transforms.json: it lists no frames")) {
                _ = try PosedPictures(folder: folder, part: "train")
            }
        }
    }
}
