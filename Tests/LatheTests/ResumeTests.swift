// What a stopped lift checks before it goes on: its record, its field and the weights that it began with.

import Foundation
import Lathe
import Testing

@Suite struct ResumeTests {
    private let folder: TemporaryFolder
    private var run: String { "\(folder.path)/run" }
    private var weights: String { "\(folder.path)/models/prior/unet/weights.safetensors" }

    /// A run that was interrupted with a prior of one weight file; its field is no field, so that no lift begins.
    init() throws {
        folder = try TemporaryFolder()
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: "\(folder.path)/models/prior/unet", withIntermediateDirectories: true)
        try manager.createDirectory(atPath: "\(folder.path)/run", withIntermediateDirectories: true)
        _ = try folder.write("the weights", "models/prior/unet/weights.safetensors")
        _ = try folder.write("no field", "run/field.safetensors")
        try save(status: "interrupted", digest: try Digest.sha256(ofFile: weights))
    }

    private func save(status: String, digest: String) throws {
        let options = LiftOptions(
            picture: "\(folder.path)/photo.png", selection: Selection(), prompt: .text("a ball"),
            models: ModelSet(root: "\(folder.path)/models"), output: run)
        let tree = try JSONSerialization.jsonObject(with: LatheJSON.encode(options))
        let record: [String: Any] = [
            "tool": "lathe", "version": LatheVersion.current, "command": "lift", "status": status,
            "options": tree, "seed": 0, "stages": [Any](), "scores": [String: Double](), "notes": [String](),
            "input": ["path": "\(folder.path)/photo.png", "sha256": "", "width": 4, "height": 4],
            "models": [
                [
                    "part": "prior", "folder": "\(folder.path)/models/prior",
                    "sha256": ["unet/weights.safetensors": digest],
                ] as [String: Any]
            ],
            "machine": ["cpuTier": "", "openBLASCore": "", "threads": 1, "system": ""] as [String: Any],
        ]
        try JSONSerialization.data(withJSONObject: record).write(
            to: URL(fileURLWithPath: "\(run)/run.json"))
    }

    private func refusal() throws -> LatheError {
        try #require(#expect(throws: LatheError.self) { _ = try Lift(resuming: run) })
    }

    @Test func unchangedWeightsAreAccepted() throws {
        // The next thing that is looked at is the field.
        let error = try refusal()
        #expect(error.code == .badInput && error.message.contains("field.safetensors"), "\(error)")
    }

    @Test func weightsThatHaveChangedSinceAreRefused() throws {
        _ = try folder.write("The weights", "models/prior/unet/weights.safetensors")
        let error = try refusal()
        #expect(error.code == .modelUnusable && error.message.contains("has changed"), "\(error)")
        #expect(error.message.contains(weights))
    }

    @Test func weightsThatAreGoneAreNamed() throws {
        try FileManager.default.removeItem(atPath: weights)
        let error = try refusal()
        #expect(error.code == .modelUnusable && error.message.contains("is gone"), "\(error)")
    }

    @Test func aRunWithoutItsFieldCannotGoOn() throws {
        try FileManager.default.removeItem(atPath: "\(run)/field.safetensors")
        let error = try refusal()
        #expect(error.code == .badInput && error.message.contains("no field.safetensors"), "\(error)")
    }

    @Test func aCompleteRunHasNothingToDo() throws {
        try save(status: "complete", digest: try Digest.sha256(ofFile: weights))
        // Without its results the run makes them again, from a field that is none here.
        #expect(try refusal().message.contains("field.safetensors"))
        for name in ["turntable.gif", "mesh.glb", "report.html"] { _ = try folder.write("x", "run/\(name)") }
        let lift = try Lift(resuming: run)
        #expect(lift.isFinished)
        #expect(try lift.next() == nil)
        #expect(try lift.result().run == run)
    }
}
