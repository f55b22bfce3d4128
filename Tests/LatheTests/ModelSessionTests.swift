// How often a session opens models and encodes pictures.

import Compositing
import Images
import Lathe
import SegmentAnything
import Testing

@Suite struct ModelSessionTests {
    private static func scene(_ name: String) -> String { "\(EditBench.scenes)/\(name)" }

    @Test func aModelIsOpenedOnce() throws {
        let session = ModelSession(EditBench.models)
        for _ in 0..<3 {
            _ = try session.segmenter()
            _ = try session.captioner()
        }
        #expect(session.openings(of: .segmenter) == 1)
        #expect(session.openings(of: .captioner) == 1)
        #expect(session.openings(of: .diffusion) == 0)
    }

    @Test func threadsThatAskTogetherShareOneOpening() async throws {
        let session = ModelSession(EditBench.models)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try session.segmenter() } }
            try await group.waitForAll()
        }
        #expect(session.openings(of: .segmenter) == 1)
    }

    @Test func theLeastRecentlyUsedModelLeavesAFullSession() throws {
        let session = ModelSession(EditBench.models, memoryLimit: 0)
        _ = try session.segmenter()
        _ = try session.segmenter()
        #expect(session.openings(of: .segmenter) == 1)
        _ = try session.captioner()
        _ = try session.segmenter()
        #expect(session.openings(of: .segmenter) == 2)
    }

    @Test func aPipelineWithTheSameOptionsIsOpenedOnce() throws {
        let session = ModelSession(EditBench.models)
        _ = try session.diffusion()
        _ = try session.diffusion(DiffusionOptions())
        #expect(session.openings(of: .diffusion) == 1)
    }

    @Test func aFailedOpeningIsTriedAgain() throws {
        let session = ModelSession(ModelSet(root: nil, overrides: [.captioner: EditBench.scenes]))
        for _ in 0..<2 { #expect(throws: LatheError.self) { try session.captioner() } }
        #expect(session.openings(of: .captioner) == 0)
    }

    @Test func furtherPromptsOnAPictureCostNoEncoding() throws {
        let session = ModelSession(EditBench.models)
        let input = try InputPicture.find(Self.scene("penguin"))
        let photograph = try Photograph.load(input.picture)
        let first = try Selector.select(in: photograph, input.selection, session: session)
        let second = try Selector.select(in: photograph, input.selection, session: session)
        #expect(session.encodings == 1)
        #expect(first.mask.values.scalars == second.mask.values.scalars)
    }

    @Test func embeddingsAreOfTheirPicture() throws {
        let session = ModelSession(EditBench.models)
        let red = Image(width: 64, height: 48, color: [1, 0, 0]),
            blue = Image(width: 64, height: 48, color: [0, 0, 1])
        let prompt = Prompt(points: [Prompt.Point(x: 20, y: 20, isForeground: true)])
        func logits(_ image: Image) throws -> [Float] {
            try session.embedding(of: image).predict(prompt, outputs: .automatic)[0].logits.scalars
        }
        let seen = try (logits(red), logits(blue), logits(red))
        #expect(session.encodings == 2)
        #expect(seen.0 == seen.2)
        #expect(seen.0 != seen.1)
    }

    /// A removal that is checked asks the segmenter for each object before and after.
    @Test func aCheckedRemovalOpensEachModelOnce() throws {
        let folder = try TemporaryFolder()
        let input = try InputPicture.find(Self.scene("snowman"))
        var options = EditOptions(
            task: .remove, picture: input.picture,
            objects: [EditObject(selection: input.selection), EditObject(selection: input.selection)],
            models: EditBench.models, output: "\(folder.path)/out.png")
        options.checks = true
        let session = ModelSession(EditBench.models)
        _ = try EditRun.run(options, session: session)
        #expect(session.openings(of: .segmenter) == 1)
        #expect(session.openings(of: .inpainter) == 1)
        // The photograph once, the result once.
        #expect(session.encodings == 2)
    }

    @Test func aFillOpensEachModelOnce() throws {
        let folder = try TemporaryFolder()
        let input = try InputPicture.find(Self.scene("snowman"))
        var options = EditOptions(
            task: .fill, picture: input.picture,
            objects: [EditObject(selection: input.selection, prompt: "a red ball")],
            models: EditBench.models, output: "\(folder.path)/out.png")
        options.diffusion.steps = 2
        options.attempts = 2
        options.ground = .kept
        let session = ModelSession(EditBench.models)
        _ = try EditRun.run(options, session: session)
        for part in [ModelSet.Part.segmenter, .captioner, .diffusion, .inpainter] {
            #expect(session.openings(of: part) == 1, "\(part)")
        }
    }
}
