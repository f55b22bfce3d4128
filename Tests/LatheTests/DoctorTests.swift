// What a machine offers: the models that are there, the ones that are not, and helper programs.

import Foundation
import Lathe
import Testing

@Suite struct DoctorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["models/segmenter", "models/prior", "first", "second"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
    }

    private func program(_ name: String, executable: Bool) throws {
        let path = try folder.write("#!/bin/sh\n", name)
        try FileManager.default.setAttributes(
            [.posixPermissions: executable ? 0o755 : 0o644], ofItemAtPath: path)
    }

    @Test func modelsAreFoundOrMissing() throws {
        let inpainter = try folder.write("", "inpainter.pt")
        let models = ModelSet(
            root: "\(folder.path)/models",
            overrides: [.inpainter: inpainter, .captioner: "\(folder.path)/nowhere"])
        let found = Doctor.examine(models: models, searchPath: [])
        #expect(
            found.models == [
                "segmenter": "\(folder.path)/models/segmenter", "prior": "\(folder.path)/models/prior",
                "inpainter": inpainter,
            ])
        #expect(found.missingModels == ["captioner", "diffusion"])
        #expect(found.version == LatheVersion.current)
        #expect(found.machine.threads >= 1 && !found.machine.cpuTier.isEmpty)
    }

    @Test func withoutAModelSetAllAreMissing() {
        let found = Doctor.examine(models: ModelSet(root: nil), searchPath: [])
        #expect(found.models.isEmpty)
        #expect(found.missingModels == ModelSet.Part.allCases.map(\.rawValue))
    }

    @Test func theFirstExecutableOnThePathIsTaken() throws {
        let path = ["\(folder.path)/none", "\(folder.path)/first", "\(folder.path)/second"]
        #expect(Doctor.examine(models: ModelSet(root: nil), searchPath: path).ffmpeg == nil)
        try program("second/ffmpeg", executable: true)
        try program("first/ffmpeg", executable: false)
        #expect(
            Doctor.examine(models: ModelSet(root: nil), searchPath: path).ffmpeg
                == "\(folder.path)/second/ffmpeg")
        try program("first/ffmpeg", executable: true)
        #expect(
            Doctor.examine(models: ModelSet(root: nil), searchPath: path).ffmpeg
                == "\(folder.path)/first/ffmpeg")
    }
}
