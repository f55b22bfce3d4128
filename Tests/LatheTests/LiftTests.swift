// A short lift with the starter prior: files, stopping, going on to the same bytes.

import Foundation
import Images
import Lathe
import Testing

/// The models of the repository.
private enum Starter {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Models/starter").path

    static var hasPrior: Bool {
        FileManager.default.fileExists(atPath: "\(folder)/prior/model_index.json")
    }
}

@Suite(.serialized, .enabled(if: Starter.hasPrior, "the starter prior is not in Models/starter"))
struct LiftTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        // A red disc on a transparent ground.
        let size = 80
        var bytes: [UInt8] = []
        for i in 0..<size * size {
            let (x, y) = (Float(i % size) - 39.5, Float(i / size) - 39.5)
            bytes += [200, UInt8(60 + i / size), 40, (x * x + y * y).squareRoot() < 28 ? 255 : 0]
        }
        try Image(width: size, height: size, channels: 4, bytes: bytes).savePNG("\(folder.path)/disc.png")
    }

    private func options(_ output: String, models: ModelSet? = nil) -> LiftOptions {
        LiftOptions(
            picture: "\(folder.path)/disc.png", selection: Selection(),
            prompt: .text("a red <ball> & \"more\""),
            preset: .draft,
            seed: 3, models: models ?? ModelSet(root: Starter.folder), output: "\(folder.path)/\(output)",
            settings: [
                "steps": "12", "samplesAcross": "24", "referenceSizes": "[32]", "smoothnessPoints": "128",
            ],
            film: FilmOptions(frames: 2, size: 24), mesh: MeshOptions(resolution: 24, texture: 64))
    }

    private func bytes(_ run: String, _ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(run)/\(name)"))
    }

    @Test func aStoppedLiftGoesOnToTheSameBytes() throws {
        let straight = try Lift(options("straight"))
        var stages: [LiftStage] = []
        while let state = try straight.next() {
            if stages.last != state.stage { stages.append(state.stage) }
        }
        #expect(stages == LiftStage.allCases)

        let broken = try Lift(options("broken"))
        while let state = try broken.next() {
            if state.stage == .lift, state.step == 7 { break }
        }
        let kept = try broken.stop()
        #expect(kept == "\(folder.path)/broken")
        #expect(try RunRecord.load(fromRun: "\(folder.path)/broken").status == .interrupted)
        let resumed = try Lift(resuming: "\(folder.path)/broken")
        while try resumed.next() != nil {}

        for name in [
            "field.safetensors", "turntable.gif", "turntable/000.png", "mesh.glb", "metrics.jsonl",
            "object.png",
            "mask.png", "caption.txt", "progress/000012.png",
        ] {
            #expect(try bytes("straight", name) == bytes("broken", name), "\(name) differs")
        }
        let record = try RunRecord.load(fromRun: "\(folder.path)/broken")
        #expect(record.status == .complete)
        #expect(record.caption == "a red <ball> & \"more\"")
        #expect(Set(record.stages.map(\.name)) == Set(LiftStage.allCases.map(\.rawValue)))
        #expect(record.input.sha256 == (try Digest.sha256(ofFile: "\(folder.path)/disc.png")))
        #expect(record.models.contains { $0.part == "prior" && !$0.sha256.isEmpty })
        let page = try String(decoding: bytes("broken", "report.html"), as: UTF8.self)
        #expect(
            page.contains("data:image/gif;base64,") && page.contains("<svg")
                && page.contains("a red &lt;ball&gt; &amp; ") && !page.contains("<ball>"))
        #expect(!page.contains("src=\"http"))
    }

    @Test func aLiftThatCannotBeginWritesNothing() throws {
        var wrong = options("none")
        wrong.settings["stepz"] = "3"
        let error = #expect(throws: LatheError.self) { try Lift(wrong) }
        #expect(error?.message.contains("stepz") == true)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/none"))

        let models = ModelSet(
            root: Starter.folder, overrides: [.viewPrior: "\(Starter.folder)/segmenter"])
        if FileManager.default.fileExists(atPath: "\(Starter.folder)/segmenter/config.json") {
            let other = try Lift(options("none", models: models))
            let kind = #expect(throws: LatheError.self) { while try other.next() != nil {} }
            #expect(kind?.code == .modelUnusable)
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/none"))
        }
        #expect(throws: LatheError.self) { try Lift(options("gone", models: ModelSet(root: "/nowhere"))) }
    }

    @Test func aPlanComputesNothing() throws {
        let plan = try Lift.plan(options("planned"))
        #expect(plan.stages.map(\.stage) == LiftStage.allCases)
        #expect(plan.lines.contains { $0.contains("12 steps") })
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/planned"))
    }

    @Test func aRunThatIsNoneCannotBeResumed() throws {
        #expect(throws: LatheError.self) { try Lift(resuming: folder.path) }
    }
}
