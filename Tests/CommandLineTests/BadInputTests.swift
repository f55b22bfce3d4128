// Pictures, masks, selections and models that cannot be used: one line, the right code, nothing written.

import Foundation
import Images
import Testing

@Suite struct BadInputTests {
    let scratch: Scratch
    let picture: String
    let output: String

    init() throws {
        scratch = try Scratch()
        picture = scratch.path("photo.png")
        output = scratch.path("out")
        try Image(width: 40, height: 30, color: [0.2, 0.4, 0.6]).savePNG(picture)
    }

    /// A grey picture as a mask file.
    private func mask(_ name: String, width: Int, height: Int, value: Float) throws -> String {
        try Image(width: width, height: height, color: [value]).savePNG(scratch.path(name))
        return scratch.path(name)
    }

    private func refuse(
        _ arguments: [String], status: Int32 = 2, saying words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try Program.expectRefusal(
            arguments + ["-o", output], status: status, saying: words, writingTo: output,
            sourceLocation: sourceLocation)
    }

    @Test func picturesThatAreMissingOrNoPicturesAreNamed() throws {
        let text = try scratch.write("no picture", "text.png")
        for command in ["lift", "segment"] {
            try refuse([command, scratch.path("none.png"), "--point", "1,1"], saying: "none.png")
            try refuse([command, text, "--point", "1,1"], saying: "text.png")
            try refuse([command, scratch.folder, "--point", "1,1"], saying: "scene.yaml")
        }
        try Program.expectRefusal(["caption", text], saying: "text.png")
    }

    @Test func clicksAndBoxesOutsideThePictureAreNamed() throws {
        for command in ["lift", "segment"] {
            try refuse([command, picture, "--point", "40,10"], saying: "40 x 30")
            try refuse([command, picture, "--point", "-1,10"], saying: "-1,10")
            try refuse([command, picture, "--box", "5,5,50,20"], saying: "5,5,50,20")
            try refuse([command, picture, "--box", "5,5,5,20"], saying: "empty")
            try refuse([command, picture, "--point", "5,5,-"], saying: "excludes")
        }
    }

    @Test func masksMustFitAndHoldSomething() throws {
        let small = try mask("small.png", width: 39, height: 30, value: 1)
        let empty = try mask("empty.png", width: 40, height: 30, value: 0)
        let full = try mask("full.png", width: 40, height: 30, value: 1)
        try refuse(["segment", picture, "--mask", small], saying: "39 x 30")
        try refuse(["segment", picture, "--mask", empty], saying: "empty")
        try refuse(["segment", picture, "--mask", scratch.path("none.png")], saying: "none.png")
        try refuse(["segment", picture, "--mask", full, "--subtract", full], saying: "empty")
        try refuse(["segment", picture, "--mask", full, "--invert"], saying: "empty")
        try refuse(["segment", picture, "--mask", full, "--point", "5,5"], saying: "exclude")
    }

    @Test func holesMustFitAndLeaveSomething() throws {
        let small = try mask("small.png", width: 39, height: 30, value: 1)
        let empty = try mask("empty.png", width: 40, height: 30, value: 0)
        let full = try mask("full.png", width: 40, height: 30, value: 1)
        for command in [["remove"], ["fill", "--prompt", "a cup"], ["replace", "--prompt", "grass"]] {
            let arguments = [command[0], picture] + command.dropFirst()
            try refuse(arguments + ["--mask", small], saying: "39 x 30")
            try refuse(arguments + ["--mask", empty], saying: "empty")
            try refuse(arguments + ["--mask", scratch.path("none.png")], saying: "none.png")
            try refuse(arguments + ["--point", "40,10"], saying: "40 x 30")
            try refuse(arguments + ["--object", "5,5", "--box", "1,1,5,5"], saying: "--object excludes")
            try refuse(arguments, saying: "--point")
        }
        try refuse(["remove", picture, "--mask", full], saying: "nothing left")
        try refuse(["replace", picture, "--mask", full, "--prompt", "grass"], saying: "fills the picture")
        try refuse(["fill", picture, "--mask", full], saying: "--prompt")
        try refuse(["remove", picture, "--mask", full, "--inpainter", "/nowhere"], saying: "nothing left")
    }

    @Test func editsThatCannotBeAreRefused() throws {
        let mask = scratch.path("spot.png")
        try Mask(width: 40, height: 30, inside: (0..<1200).map { $0 < 45 }).savePNG(mask)
        let fill = ["fill", picture, "--mask", mask, "--prompt", "a cup"]
        try refuse(fill + ["--steps", "0"], saying: "--steps")
        try refuse(fill + ["--strength", "0"], saying: "--strength")
        try refuse(fill + ["--detail", "1"], saying: "--detail")
        try refuse(fill + ["--guidance", "nan"], saying: "--guidance")
        try refuse(fill + ["--sampler", "dice"], saying: "dpm++")
        try refuse(fill + ["--count", "0"], saying: "candidates")
        try refuse(
            fill + ["--lora", scratch.path("none.safetensors")], status: 3, saying: "none.safetensors")
        try refuse(fill + ["--diffusion", "/nowhere"], status: 3, saying: "/nowhere")
        try refuse(
            ["remove", picture, "--mask", mask, "--inpainter", picture], status: 3, saying: "photo.png")
        try refuse(["outpaint", picture], saying: "nothing to add")
        try refuse(["outpaint", picture, "--left", "20000"], saying: "out of range")
        try refuse(["outpaint", picture, "--left", "9999", "--top", "9999"], saying: "pixels are more")
        try refuse(["outpaint", picture, "--aspect", "4:3", "--prompt", "x"], saying: "nothing to add")
        let generate = ["generate", "--prompt", "a cup"]
        try refuse(generate + ["--width", "0"], saying: "--width")
        try refuse(generate + ["--width", "101", "--steps", "2"], saying: "multiples of")
        try refuse(generate + ["--from", picture, "--width", "64"], saying: "--from")
        try refuse(generate + ["--from", scratch.path("none.png")], saying: "none.png")
        for name in [scratch.path("gone/x.png"), scratch.folder, picture] {
            try Program.expectRefusal(["remove", picture, "--mask", mask, "-o", name], saying: name)
        }
        try Program.expectRefusal(
            ["evaluate", "--inpainting", scratch.path("none.png")], saying: "none.png")
    }

    @Test func nothingSelectedIsSaid() throws {
        try refuse(["segment", picture], saying: "--point")
        let clear = scratch.path("clear.png")
        try Image(width: 8, height: 8, color: [1, 1, 1, 0]).savePNG(clear)
        try refuse(["segment", clear], saying: "transparent everywhere")
    }

    @Test func modelsThatAreMissingOrOfAnotherKindAreExitCodeThree() throws {
        try refuse(
            ["segment", picture, "--point", "5,5", "--models", "/nowhere"], status: 3, saying: "/nowhere")
        try refuse(
            ["segment", picture, "--point", "5,5", "--sam", "/nowhere"], status: 3, saying: "/nowhere")
        let folder = scratch.path("model")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try refuse(["segment", picture, "--point", "5,5", "--sam", folder], status: 3, saying: "config.json")
        _ = try scratch.write("{\"model_type\": \"blip\"}", "model/config.json")
        try refuse(["segment", picture, "--point", "5,5", "--sam", folder], status: 3, saying: "'blip'")
        try Program.expectRefusal(["models", "inspect", folder], status: 3, saying: "model")
        try Program.expectRefusal(["models", "inspect", "/nowhere"], status: 3, saying: "/nowhere")
    }

    @Test func anOutputThatIsInTheWayIsLeftAlone() throws {
        let file = try scratch.write("mine", "mine.txt")
        try Program.expectRefusal(
            ["lift", picture, "--point", "5,5", "-o", scratch.folder], saying: "holds files that are no run")
        try Program.expectRefusal(["lift", picture, "--point", "5,5", "-o", file], saying: "is a file")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("run.json")))
    }

    @Test func filmsAndMeshesOfNothingAreRefused() throws {
        try Program.expectRefusal(["turntable", "/nowhere"], saying: "/nowhere")
        try Program.expectRefusal(["turntable", scratch.folder], saying: "field.safetensors")
        try Program.expectRefusal(["turntable", picture], saying: "photo.png")
        try refuse(["mesh", scratch.folder], saying: ".glb")
        try Program.expectRefusal(["evaluate", scratch.folder], saying: "run.json")
        let broken = try scratch.write("not a field", "field.safetensors")
        try Program.expectRefusal(["turntable", broken], saying: "field.safetensors")
    }

    @Test func cutOutsWorkWithoutModels() throws {
        let mask = scratch.path("mask.png")
        var inside = [Bool](repeating: false, count: 40 * 30)
        for y in 10..<20 { for x in 10..<30 { inside[y * 40 + x] = true } }
        try Mask(width: 40, height: 30, inside: inside).savePNG(mask)
        let outcome = try Program.run([
            "segment", picture, "--mask", mask, "--grow", "2", "-o", output, "--json",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let object = try Image.load("\(output)/object.png")
        #expect(object.channels == 4 && object.width == 40 && object.height == 30)
        #expect(
            Mask(object.withAlpha(object.alpha)).boundingBox
                == PixelRectangle(left: 8, top: 8, right: 32, bottom: 22))
        #expect(try Image.load("\(output)/overlay.png").width == 40)
        #expect(outcome.output.contains("\"coverage\""))
    }

    /// What a mask selects is used as it is, with a remark where it is hardly meant or was read otherwise.
    @Test func doubtfulMasksAreUsedWithARemark() throws {
        let most = scratch.path("most.png"), ones = scratch.path("ones.png")
        try Mask(width: 40, height: 30, inside: (0..<1200).map { $0 > 90 }).savePNG(most)
        try Image(width: 40, height: 30, channels: 1, bytes: (0..<1200).map { $0 < 300 ? 1 : 0 }).savePNG(
            ones)
        for (mask, words) in [(most, "covers 92 % of the picture"), (ones, "0 and 1 of 255")] {
            let arguments = ["segment", picture, "--mask", mask, "-o", output]
            let outcome = try Program.run(arguments)
            #expect(outcome.status == 0 && outcome.errorLines.count == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            let machine = try Program.run(arguments + ["--json"])
            #expect(machine.errors.isEmpty && machine.output.contains(words), "\(machine.output)")
        }
        let grey = try mask("grey.png", width: 40, height: 30, value: 0.45)
        try refuseAlone(["segment", picture, "--mask", grey], saying: "largest value is 115 of 255")
    }

    private func refuseAlone(_ arguments: [String], saying words: String) throws {
        try Program.expectRefusal(arguments + ["-o", scratch.path("none")], saying: words)
    }

    @Test func aFullDiskIsOneLine() throws {
        let outcome = try Program.run(["doctor"], redirectingOutputTo: "/dev/full")
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("no space left"))
    }
}
