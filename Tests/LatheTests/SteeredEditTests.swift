// Edits steered by pictures and by the attention of another prompt, with the tiny networks of the pipeline's tests.

import Arrays
import Foundation
import Images
import Lathe
import StableDiffusion
import TestSupport
import Testing

@Suite struct SteeredEditTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "StableDiffusionTests/Fixtures").path
    private let net = Self.fixtures + "/adapters/controlnet"
    private let models = ModelSet(root: nil, overrides: [.diffusion: Self.fixtures + "/pipeline"])
    private let folder: TemporaryFolder
    private let picture: Image

    init() throws {
        folder = try TemporaryFolder()
        var stream = RandomStream(seed: 4, stream: "picture")
        picture = Image(stream.uniform([64, 96, 3]))
        try picture.savePNG(folder.path + "/picture.png")
        let mask = Mask(
            width: 96, height: 64, inside: (0..<64 * 96).map { $0 % 96 < 8 && $0 / 96 < 8 })
        try mask.savePNG(folder.path + "/mask.png")
    }

    /// Bars, and in the last quarter of the picture something else if asked for.
    private func control(_ name: String, width: Int = 96, height: Int = 64, bars: Int = 4, far: Float = 0)
        throws
        -> String
    {
        let values = (0..<width * height).map { place -> Float in
            let x = place % width
            return x >= 3 * width / 4 ? (place / width % 8 == 0 ? far : 0) : Float(x / bars % 2)
        }
        try Image(NDArray(values, shape: [height, width, 1])).savePNG("\(folder.path)/\(name).png")
        return "\(folder.path)/\(name).png"
    }

    private func fill(
        task: EditTask = .fill, _ change: (inout EditOptions) throws -> Void = { _ in }
    ) throws -> Image {
        var selection = Selection()
        selection.maskPath = folder.path + "/mask.png"
        var options = EditOptions(
            task: task, picture: folder.path + "/picture.png",
            objects: [EditObject(selection: selection, prompt: "a red mug")], models: models,
            output: "\(folder.path)/\(UUID().uuidString).png")
        options.diffusion.steps = 3
        options.diffusion.detail = 0
        options.growth = .pixels(0)
        try change(&options)
        return try Image.load(try EditRun.run(options).picture)
    }

    private func changedPixels(_ a: Image, _ b: Image) -> Int {
        let (a, b) = (a.rgb.bytes, b.rgb.bytes)
        return stride(from: 0, to: a.count, by: 3).count { a[$0..<$0 + 3] != b[$0..<$0 + 3] }
    }

    @Test(arguments: ControlNetKind.allCases)
    func aControlSteersTheHoleAndNothingElse(kind: ControlNetKind) throws {
        let path = try control("bars")
        let plain = try fill()
        let steered = try fill {
            $0.diffusion.controls = [.init(kind: kind, model: net, picture: path, scale: 4)]
        }
        #expect(changedPixels(plain, steered) > 0)
        #expect(changedPixels(picture, steered) <= 64)
        let off = try fill {
            $0.diffusion.controls = [.init(kind: kind, model: net, picture: path, scale: 0)]
        }
        #expect(changedPixels(plain, off) == 0)
    }

    @Test(arguments: [ControlNetKind.canny, .scribble])
    func theControlIsCutLikeThePhotograph(kind: ControlNetKind) throws {
        func steered(_ path: String) throws -> Image {
            try fill { $0.diffusion.controls = [.init(kind: kind, model: net, picture: path, scale: 4)] }
        }
        let near = try steered(control("near"))
        // What lies beyond the window round the hole, in the upper left, is never seen.
        #expect(changedPixels(near, try steered(control("far", far: 1))) == 0)
        #expect(changedPixels(near, try steered(control("other", bars: 2))) > 0)
    }

    @Test func outpaintingIsSteeredByAPictureOfTheNewSize() throws {
        let (right, wrong) = (try control("wide", width: 112), try control("narrow"))
        func outpaint(_ path: String) throws -> Image {
            try fill(task: .outpaint) {
                $0.margins.right = 16
                $0.diffusion.controls = [.init(kind: .canny, model: net, picture: path)]
            }
        }
        #expect(try outpaint(right).width == 112)
        let error = #expect(throws: LatheError.self) { try outpaint(wrong) }
        #expect(try #require(error).message.contains("112 x 64") && #require(error).code == .badInput)
    }

    @Test func controlsThatDoNotFitAreRefusedInOneLine() throws {
        func refusal(_ control: DiffusionOptions.Control, _ change: (inout EditOptions) -> Void = { _ in })
            throws -> LatheError
        {
            try #require(
                #expect(throws: LatheError.self) {
                    try fill {
                        $0.diffusion.controls = [control]
                        change(&$0)
                    }
                })
        }
        let path = try control("bars")
        let small = try refusal(
            .init(kind: .canny, model: net, picture: control("small", width: 40)))
        #expect(small.code == .badInput && small.message.contains("40 x 64"))
        let absent = try refusal(.init(kind: .canny, model: net, picture: "/nowhere.png"))
        #expect(absent.code == .badInput && absent.message.contains("/nowhere.png"))
        let model = try refusal(.init(kind: .canny, model: "/nowhere", picture: path))
        #expect(model.code == .modelUnusable && model.message.contains("/nowhere"))
        let other = try refusal(.init(kind: .canny, model: net, picture: path)) {
            $0.models.overrides[.diffusion] = Self.fixtures.replacing(
                "Tests/StableDiffusionTests/Fixtures", with: "Models/starter/diffusion")
        }
        #expect(other.code == .modelUnusable && other.message.contains("another model"))
        let lama = try refusal(.init(kind: .canny, model: net, picture: path)) { $0.method = .lama }
        #expect(lama.code == .badInput && lama.options == [.controls, .method])
    }

    @Test func thePromptThatIsEditedIntoItselfChangesNothing() throws {
        let plain = try fill()
        let same = try fill { $0.diffusion.change = PromptChange(source: "a red mug") }
        // Attention in a batch of two may round otherwise.
        let distance = zip(plain.rgb.bytes, same.rgb.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
        #expect(distance <= 1)
        let swapped = try fill {
            $0.diffusion.change = PromptChange(source: "a blue table", crossReplaceSteps: 1)
        }
        #expect(changedPixels(plain, swapped) > 0)
        #expect(changedPixels(picture, swapped) <= 64)
        let error = #expect(throws: LatheError.self) {
            try fill { $0.diffusion.change = PromptChange(weights: [WordWeight(word: "cat", factor: 2)]) }
        }
        #expect(try #require(error).code == .badInput)
    }

    @Test func aPictureIsGeneratedByAControlOfAnySize() throws {
        var options = GenerateOptions(
            prompt: "a red mug", models: models, output: folder.path + "/made.png")
        options.diffusion.steps = 2
        let plain = try Image.load(try GenerateRun.run(options).picture)
        options.diffusion.controls = [
            .init(
                kind: .scribble, model: net, picture: try control("sketch", width: 50, height: 31), scale: 4)
        ]
        let result = try GenerateRun.run(options)
        #expect(result.notes.contains { $0.contains("50 x 31") && $0.contains("stretched") })
        #expect(changedPixels(plain, try Image.load(result.picture)) > 0)
    }

    @Test func anAnswerForASingleFileIsRefusedForAFolder() throws {
        for change: (inout DiffusionOptions) -> Void in [
            { $0.prediction = .epsilon }, { $0.tokenizer = "/nowhere" },
        ] {
            let error = #expect(throws: LatheError.self) { try fill { change(&$0.diffusion) } }
            #expect(try #require(error).message.contains("single files"))
        }
    }

    @Test func controlsAreParsed() {
        typealias Control = DiffusionOptions.Control
        #expect(
            Control(parsing: "canny:a/net:b.png") == Control(kind: .canny, model: "a/net", picture: "b.png"))
        #expect(
            Control(parsing: "depth:net.pth:b.png:0.5")
                == Control(kind: .depth, model: "net.pth", picture: "b.png", scale: 0.5))
        for text in [
            "", "canny:net", "pose:net:b.png", "canny::b.png", "canny:net:b.png:many", "canny:n:b:1:2",
        ] {
            #expect(Control(parsing: text) == nil, "\(text)")
        }
    }
}
