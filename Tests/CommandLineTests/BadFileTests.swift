// Every file of the damaged test data through the commands that take such a file: refused in one line, or read.

import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
struct BadFileTests {
    private typealias BadFile = (path: String, expectation: TestData.Expectation)

    private static let models = Program.packageRoot.appendingPathComponent("Models/starter").path
    private let scratch: Scratch
    private let photograph: String
    private let output: String

    init() throws {
        scratch = try Scratch()
        photograph = try #require(TestData.folder) + "/photos/dog.jpg"
        output = scratch.path("out")
    }

    /// Runs a command on a file; with `mustRefuse` nil as the table says.
    private func check(
        _ file: BadFile, status: Int32, mustRefuse: Bool? = nil, _ arguments: [String]
    ) throws {
        let name = "\((file.path as NSString).lastPathComponent): lathe \(arguments.joined(separator: " "))"
        let outcome = try Program.run(arguments)
        let expected: [Int32] =
            switch (mustRefuse, file.expectation.expect) {
            case (true?, _), (nil, "refuse"): [status]
            case (nil, "accept"): [0]
            default: [0, status]
            }
        #expect(expected.contains(outcome.status), "\(name): \(outcome.status) \(outcome.errors)")
        if outcome.status != 0 {
            #expect(outcome.errorLines.count == 1, "\(name): \(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: output), "\(name) left something behind")
        }
        try? FileManager.default.removeItem(atPath: output)
    }

    /// A copy of a starter model in which `name` is replaced by a file.
    private func model(_ part: String, _ name: String, _ file: String) throws -> String {
        let folder = scratch.path("model")
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.copyItem(atPath: "\(Self.models)/\(part)", toPath: folder)
        try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        try FileManager.default.copyItem(atPath: file, toPath: "\(folder)/\(name)")
        return folder
    }

    /// An empty folder with a copy of a file under some names.
    private func folder(_ file: String, _ names: String...) throws -> String {
        let folder = scratch.path("given")
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in names { try FileManager.default.copyItem(atPath: file, toPath: "\(folder)/\(name)") }
        return folder
    }

    @Test func picturesThatCannotBeLiftedHaveNoPlan() throws {
        for file in try TestData.bad("images/") {
            let plan = ["lift", "--plan", "--models", Self.models, "-o", output]
            switch file.expectation.level {
            case "file": try check(file, status: 2, plan + [file.path, "--box", "1,1,9,9"])
            case _ where file.path.contains("mask_"):
                try check(file, status: 2, plan + [photograph, "--mask", file.path])
            default: try check(file, status: 2, plan + [file.path])
            }
        }
    }

    @Test func picturesOfOtherCommands() throws {
        let files = try TestData.bad("images/").filter {
            $0.expectation.expect == "refuse" && $0.expectation.level == "file"
        }
        #expect(files.count > 25)
        let models = ["--models", Self.models]
        let commands: [(String) -> [String]] = [
            { ["caption", $0] + models },
            { ["generate", "--from", $0, "--prompt", "x", "--steps", "1", "-o", output + ".png"] + models },
            { ["lift", "--plan", photograph, "--mask", $0, "-o", output] + models },
            { ["segment", photograph, "--mask", photograph, "--subtract", $0, "-o", output] },
            { ["fill", $0, "--box", "3,3,9,9", "--prompt", "cup", "-o", output + ".png"] + models },
            { ["evaluate", "--inpainting", $0, "--holes", "1"] + models },
        ]
        for (index, file) in files.enumerated() {
            for shift in 0..<2 { try check(file, status: 2, commands[(index + 3 * shift) % 6](file.path)) }
        }
    }

    @Test func weightsThatAreNoModel() throws {
        let commands: [(String) throws -> [String]] = [
            { ["segment", photograph, "--box", "9,9,90,90", "--sam", $0, "-o", output] },
            { ["remove", photograph, "--box", "9,9,90,90", "--inpainter", $0, "-o", output + ".png"] },
            { ["generate", "--prompt", "x", "--diffusion", $0, "-o", output + ".png"] },
            { ["generate", "--prompt", "x", "--lora", $0, "--models", Self.models, "-o", output + ".png"] },
            {
                [
                    "generate", "--prompt", "x", "--embedding", $0, "--models", Self.models, "-o",
                    output + ".png",
                ]
            },
            { ["caption", photograph, "--captioner", try model("captioner", "model.safetensors", $0)] },
        ]
        let files = try TestData.bad("weights/")
        for (index, file) in files.enumerated() {
            // An adapter without any tensor that it knows is refused, too.
            for shift in 0..<2 {
                try check(file, status: 3, mustRefuse: true, commands[(index + 3 * shift) % 6](file.path))
            }
            let run = try folder(file.path, "field.safetensors")
            try check(file, status: 2, mustRefuse: true, ["turntable", run, "-o", output + ".gif"])
        }
    }

    @Test func configurationsOfOtherModels() throws {
        let generate = ["generate", "--prompt", "x", "-o", output, "--diffusion"]
        let lift = [
            "lift", Program.packageRoot.appendingPathComponent("Scenes/mug").path, "--models", Self.models,
            "--set", "steps=1", "-o", output, "--view-prior",
        ]
        for file in try TestData.bad("configs/") {
            let path = file.path
            func refuse(_ status: Int32, _ arguments: [String]) throws {
                try check(file, status: status, mustRefuse: true, arguments)
            }
            try refuse(
                3, ["caption", photograph, "--captioner", try model("captioner", "config.json", path)])
            try refuse(3, generate + [try model("diffusion", "unet/config.json", path)])
            // A scheduler's values have defaults, so that one without any of them is whole.
            let scheduler = try model("diffusion", "scheduler/scheduler_config.json", path)
            try check(
                file, status: 3, mustRefuse: false,
                generate + [scheduler, "--steps", "1", "--best-of", "1", "--models", Self.models])
            try refuse(3, lift + [try model("prior", "prior.json", path)])
            try refuse(2, ["fit", try folder(path, "transforms_train.json"), "-o", output])
            try refuse(2, ["lift", try folder(path, "run.json"), "--resume"])
            try refuse(2, ["evaluate", try folder(path, "run.json")])
            try refuse(
                2,
                [
                    "dataset", "views", "--meshes", try folder(path, "split.json"), "--count", "1", "-o",
                    output,
                ])
            let other = try model("segmenter", "config.json", path)
            let inspected = try Program.run(["models", "inspect", other])
            #expect([0, 3].contains(inspected.status))
            #expect(!inspected.output.contains("taken by: --segmenter"), "\(path): \(inspected.output)")
        }
    }

    @Test func meshes() throws {
        for file in try TestData.bad("meshes/") {
            try check(
                file, status: 2,
                ["turntable", file.path, "--frames", "2", "--size", "32", "-o", output + ".gif"])
            let name = (file.path as NSString).lastPathComponent
            try check(
                file, status: 2,
                ["dataset", "views", "--meshes", try folder(file.path, name), "--count", "1", "-o", output])
        }
    }

    @Test func vocabularies() throws {
        for file in try TestData.bad("text/vocab") {
            let model = try model("captioner", "vocab.txt", file.path)
            try? FileManager.default.removeItem(atPath: "\(model)/tokenizer.json")
            try check(file, status: 3, ["caption", photograph, "--captioner", model])
        }
    }
}
