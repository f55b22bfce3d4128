// What may be done with a run folder: every wish in every state, and the lock on it.

import Foundation
import Lathe
import Testing

@Suite struct RunFolderTests {
    private let folder: TemporaryFolder
    private var run: String { "\(folder.path)/run" }

    init() throws { folder = try TemporaryFolder() }

    /// The table of the notes: state, then lift and resume, each with the same request, other options, another picture.
    ///
    /// b begins, g goes on, s shows, - is refused.
    private static let table: [(RunFolderState, lift: String, resume: String)] = [
        (.free, "bbb", "---"), (.foreign, "---", "---"), (.damaged, "---", "---"), (.begun, "bb-", "---"),
        (.interrupted, "g--", "g--"), (.partlyDeleted, "gb-", "g--"), (.finished, "bb-", "s--"),
        (.locked, "---", "---"),
    ]

    @Test func everyWishInEveryStateIsDecidedAsTheTableSays() {
        #expect(Set(Self.table.map(\.0)).count == RunFolderState.allCases.count)
        let letters: [RunAction: Character] = [.begin: "b", .goOn: "g", .show: "s", .refuse: "-"]
        for (state, lift, resume) in Self.table {
            for (wish, expected) in [(RunWish.lift, lift), (.resume, resume)] {
                let found = RunMatch.allCases.map { letters[RunFolder.action(wish, state, $0)] ?? "?" }
                #expect(String(found) == expected, "\(wish) in \(state)")
            }
        }
    }

    private func record(_ status: String) throws {
        let options = LiftOptions(
            picture: "photo.png", selection: Selection(), prompt: .text("a ball"),
            models: ModelSet(root: "/nowhere"),
            output: run)
        let record: [String: Any] = [
            "tool": "lathe", "version": LatheVersion.current, "command": "lift", "status": status,
            "options": try JSONSerialization.jsonObject(with: LatheJSON.encode(options)), "seed": 0,
            "stages": [Any](), "scores": [String: Double](), "notes": [String](), "models": [Any](),
            "input": ["path": "photo.png", "sha256": "abc", "width": 4, "height": 4],
            "machine": ["cpuTier": "", "openBLASCore": "", "threads": 1, "system": ""] as [String: Any],
        ]
        try JSONSerialization.data(withJSONObject: record).write(to: URL(fileURLWithPath: "\(run)/run.json"))
    }

    @Test func statesAreToldByWhatLiesInTheFolder() throws {
        #expect(RunFolder.state(of: run).state == .free)
        let manager = FileManager.default
        try manager.createDirectory(atPath: run, withIntermediateDirectories: true)
        #expect(RunFolder.state(of: run).state == .free)
        _ = try folder.write("mine", "run/notes.txt")
        #expect(RunFolder.state(of: run).state == .foreign)
        #expect(RunFolder.state(of: "\(run)/notes.txt").state == .foreign)
        _ = try folder.write("{", "run/run.json")
        #expect(RunFolder.state(of: run).state == .damaged)
        try record("interrupted")
        #expect(RunFolder.state(of: run).state == .begun)
        _ = try folder.write("a field", "run/field.safetensors")
        #expect(RunFolder.state(of: run).state == .interrupted)
        try record("complete")
        #expect(RunFolder.state(of: run).state == .partlyDeleted)
        for name in ["turntable.gif", "mesh.glb", "report.html"] { _ = try folder.write("x", "run/\(name)") }
        #expect(RunFolder.state(of: run).state == .finished)
        let lock = try RunLock(run)
        #expect(RunFolder.state(of: run).state == .locked)
        withExtendedLifetime(lock) {}
    }

    @Test func aLockIsHeldOnceAndReleased() throws {
        try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        do {
            let lock = try RunLock(run)
            let error = #expect(throws: LatheError.self) { _ = try RunLock(run) }
            #expect(error?.message.contains("another lathe") == true)
            withExtendedLifetime(lock) {}
        }
        #expect(!RunLock.isHeld(run))
        // What a killed process leaves is the file alone.
        _ = try folder.write("", "run/.lock")
        #expect(!RunLock.isHeld(run) && RunFolder.state(of: run).state == .free)
        _ = try RunLock(run)
    }

    @Test func aRunOfAnotherPictureOrOtherOptionsIsNamed() throws {
        try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        try record("interrupted")
        _ = try folder.write("a field", "run/field.safetensors")
        let picture = try folder.write("another picture", "cat.jpg")
        let options = LiftOptions(
            picture: picture, selection: Selection(), prompt: .text("a ball"),
            models: ModelSet(root: "/nowhere"),
            output: run)
        for resumes in [false, true] {
            let error = #expect(throws: LatheError.self) { _ = try Lift.goesOn(options, resumes: resumes) }
            #expect(
                error?.message.contains("photo.png") == true && error?.message.contains("`output`") == true)
        }
    }
}
