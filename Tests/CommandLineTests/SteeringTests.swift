// Steering a picture from the command line, with the tiny networks of the pipeline's tests.

import Foundation
import Images
import Testing

@Suite struct SteeringTests {
    private let fixtures = Program.packageRoot.appending(path: "Tests/StableDiffusionTests/Fixtures").path

    private func generate(_ scratch: Scratch, _ name: String, _ arguments: [String]) throws -> [UInt8] {
        let output = scratch.path(name)
        let outcome = try Program.run(
            ["generate", "--prompt", "a red mug", "--steps", "2", "--diffusion", fixtures + "/pipeline"]
                + arguments + ["-o", output])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try Image.load(output).bytes
    }

    @Test func controlsAndEditsByPromptChangeThePicture() throws {
        let scratch = try Scratch()
        let plain = try generate(scratch, "plain.png", [])
        #expect(try generate(scratch, "again.png", []) == plain)
        let sketch = scratch.path("plain.png")
        for (index, arguments) in [
            ["--control", "canny:\(fixtures)/adapters/controlnet:\(sketch):4"],
            ["--instead-of", "a blue mug", "--keep-attention", "1", "--keep-layout", "1"],
            ["--reweight", "red:4"],
            ["--lora", "\(fixtures)/adapters/lora_kohya.safetensors:2"],
        ].enumerated() {
            #expect(try generate(scratch, "\(index).png", arguments) != plain, "\(arguments)")
        }
    }

    @Test(arguments: ["big-lama", "big-lama/models/best.ckpt", "script.pt"])
    func aPublishedInpainterIsTakenAsItIs(name: String) throws {
        let scratch = try Scratch()
        let (picture, mask, output) = (
            scratch.path("in.png"), scratch.path("mask.png"), scratch.path("out.png")
        )
        try Image(width: 40, height: 30, color: [0.2, 0.5, 0.7]).savePNG(picture)
        try Mask(width: 40, height: 30, inside: (0..<1200).map { (10..<20).contains($0 % 40) })
            .savePNG(mask)
        let inpainter = Program.packageRoot.appending(path: "Tests/LaMaTests/Fixtures/published/\(name)").path
        let outcome = try Program.run([
            "remove", picture, "--mask", mask, "--inpainter", inpainter, "-o", output,
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Image.load(output).width == 40)
    }

    @Test func wrongFilesAreOneLine() throws {
        let scratch = try Scratch()
        let output = scratch.path("out.png")
        let start = ["generate", "--prompt", "a mug", "-o", output, "--diffusion", fixtures + "/pipeline"]
        try Program.expectRefusal(
            start + ["--control", "canny:\(fixtures)/adapters/controlnet:/nowhere.png"],
            saying: "/nowhere.png", writingTo: output)
        try Image(width: 8, height: 8, color: [0, 0, 0]).savePNG(scratch.path("sketch.png"))
        try Program.expectRefusal(
            start + ["--control", "canny:/nowhere:\(scratch.path("sketch.png"))"], status: 3,
            saying: "/nowhere", writingTo: output)
        try Program.expectRefusal(
            start + ["--reweight", "cat:2"], saying: "'cat'", writingTo: output)
        try Program.expectRefusal(
            start + ["--prediction", "epsilon"], saying: "single files", writingTo: output)
        try Program.expectRefusal(
            [
                "generate", "--prompt", "a mug", "-o", output, "--diffusion",
                "\(fixtures)/single_file/one.ckpt",
            ],
            status: 3, saying: "one.ckpt", writingTo: output)
    }
}
