// The library's jobs on pictures in memory give what the jobs on files give.

import Compositing
import Foundation
import Lathe
import Testing

@Suite struct PicturesInMemoryTests {
    private let session = ModelSession(EditBench.models)
    private func input(_ name: String) throws -> InputPicture {
        try InputPicture.find("\(EditBench.scenes)/\(name)")
    }

    @Test func aCutOutInMemoryIsTheOneOfFiles() throws {
        let folder = try TemporaryFolder()
        let input = try input("penguin"), picture = try Image.load(input.picture)
        let found = try session.segment(picture, input.selection)
        let files = try Segment.run(
            picture: input.picture, selection: input.selection, session: session, allMasks: false,
            output: folder.path)
        #expect(found.score == files.score)
        #expect(found.mask.image.bytes == (try Image.load(files.mask)).bytes)
        #expect(found.object.bytes == (try Image.load(files.object)).bytes)
        #expect(try session.caption(picture, inside: found.mask).count == 1)
    }

    @Test func aRemovalInMemoryIsTheOneOfFiles() throws {
        let folder = try TemporaryFolder()
        let input = try input("snowman"), picture = try Image.load(input.picture)
        let removed = try session.remove(input.selection, from: picture)
        let options = EditOptions(
            task: .remove, picture: input.picture, objects: [EditObject(selection: input.selection)],
            models: EditBench.models, output: "\(folder.path)/out.png")
        _ = try EditRun.run(options, session: session)
        #expect(removed.bytes == (try Image.load(options.output)).bytes)
    }

    @Test func aMaskOfAnotherSizeIsRefused() throws {
        let picture = Image(width: 8, height: 8, color: [1, 1, 1])
        let error = #expect(throws: LatheError.self) {
            _ = try session.caption(picture, inside: Mask(width: 4, height: 8, value: 1))
        }
        #expect(error?.message.contains("4 x 8") == true)
    }

    @Test func statesOfALiftAreCodable() throws {
        let state = LiftState(
            stage: .lift, step: 3, total: 9, secondsLeft: 4.5,
            score: LiftState.Score(name: "front PSNR", value: 21), note: "a remark")
        let copy = try JSONDecoder().decode(LiftState.self, from: JSONEncoder().encode(state))
        #expect(copy == state)
    }

    @Test func aCancelledLiftKeepsItsWork() async throws {
        let folder = try TemporaryFolder()
        let input = try input("mug"), picture = try Image.load(input.picture)
        let output = "\(folder.path)/run", session = session
        let task = Task {
            try await Lift.run(
                {
                    try session.lift(
                        picture,
                        LiftOptions(
                            picture: "in memory", selection: input.selection, prompt: .text("a mug"),
                            preset: .draft, models: session.models, output: output))
                },
                progress: { _ in })
        }
        while !FileManager.default.fileExists(atPath: "\(output)/field.safetensors") {
            try await Task.sleep(for: .milliseconds(20))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        let record = try RunRecord.load(fromRun: output)
        #expect(record.status == .interrupted && record.input.path == "in memory")
        #expect(try Lift(resuming: output, session: session).isFinished == false)
        #expect(session.openings(of: .viewPrior) == 1)
    }
}
