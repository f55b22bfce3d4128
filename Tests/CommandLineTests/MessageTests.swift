// Errors name options as they are typed, whole lines at a time.

import Foundation
import Images
import Testing

@Suite struct MessageTests {
    private let scratch: Scratch
    private let picture: String

    init() throws {
        scratch = try Scratch()
        picture = scratch.path("photo.png")
        try Image(width: 40, height: 30, color: [0.2, 0.4, 0.6]).savePNG(picture)
    }

    private func expect(
        _ line: String, of arguments: [String], output: String = "out",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try Program.run(arguments + ["-o", scratch.path(output)])
        #expect(outcome.status == 2, sourceLocation: sourceLocation)
        #expect(outcome.errors == "lathe: \(line)\n", sourceLocation: sourceLocation)
    }

    @Test func optionsOfFilmsAndMeshes() throws {
        let lift = ["lift", picture, "--plan"]
        try expect("--resolution 8 is out of range; use 16 to 512", of: lift + ["--resolution", "8"])
        try expect("--faces 3 is too few; use 4 or more", of: lift + ["--faces", "3"])
        try expect(
            "--texture 5 is out of range; use 64 to 8192, or 0 for none", of: lift + ["--texture", "5"])
        try expect("--frames 0 is out of range; use 1 to 1000", of: lift + ["--frames", "0"])
        try expect("--size 4 is out of range; use 8 to 2048 pixels", of: lift + ["--size", "4"])
        try expect(
            "--elevation 91 is out of range; use -89 to 89 degrees", of: lift + ["--elevation", "91"])
        try expect("--fov 2 is out of range; use 5 to 120 degrees", of: lift + ["--fov", "2"])
        try expect(
            "--prompt is empty; say what the object is, or leave it out", of: lift + ["--prompt", " "])
        try expect("--set steps.a: steps has no parts", of: lift + ["--set", "steps.a=1"])
        try expect(
            "a picture over the surface is written to .glb only; leave --texture out for .ply",
            of: ["mesh", picture, "--texture", "64"], output: "mesh.ply")
    }

    @Test func optionsOfSelections() throws {
        let mask = ["--mask", picture, "--box", "1,1,5,5"]
        try expect(
            "--mask excludes --point and --box; give one or the other", of: ["segment", picture] + mask)
        try expect(
            "every point excludes; add a --point on the object itself",
            of: ["segment", picture, "--point", "5,5,-"])
        try expect(
            "nothing is selected: add --point x,y on the object, or --box or --mask "
                + "(only a picture with transparency needs none)", of: ["segment", picture])
    }

    @Test func optionsOfEdits() throws {
        let fill = ["fill", picture, "--box", "5,5,20,20", "--prompt", "a cup"]
        try expect("--steps is 0; use 1 to 1000", of: fill + ["--steps", "0"])
        try expect("--guidance is 60; use 0 to 50", of: fill + ["--guidance", "60"])
        try expect("--guidance-rescale is 2; use 0 to 1", of: fill + ["--guidance-rescale", "2"])
        try expect("--strength is 0; use 0.02 to 1", of: fill + ["--strength", "0"])
        try expect("--detail is 1; use 0 to 0.9", of: fill + ["--detail", "1"])
        let change = fill + ["--instead-of", "a jug"]
        try expect("--keep-attention is 2; use 0 to 1", of: change + ["--keep-attention", "2"])
        try expect("--keep-layout is 2; use 0 to 1", of: change + ["--keep-layout", "2"])
        try expect(
            "the object at 5,5 has no prompt: say with --prompt what should be there",
            of: ["fill", picture, "--point", "5,5"])
        try expect(
            "there is nothing to add: give --left, --top, --right or --bottom, or an --aspect other than the "
                + "picture's own", of: ["outpaint", picture, "--prompt", "grass"])
        try expect(
            "LaMa makes one version only, the same for every seed; use --with diffusion for candidates",
            of: ["outpaint", picture, "--left", "8", "--with", "lama", "--count", "2"])
        let generate = ["generate", "--prompt", "a cup"]
        try expect("--width is 0; use 1 to 4096 pixels", of: generate + ["--width", "0"])
        try expect("--height is 5000; use 1 to 4096 pixels", of: generate + ["--height", "5000"])
        try expect(
            "--from gives the size already; leave out --width and --height",
            of: generate + ["--from", picture, "--width", "64"])
    }

    @Test func placesForResults() throws {
        let note = try scratch.write("mine", "out")
        try expect(
            "\(note) is a file; choose another folder with -o", of: ["lift", picture, "--point", "5,5"])
    }

    @Test func missingModelsNameTheirOption() throws {
        let outcome = try Program.run(
            ["segment", picture, "--point", "5,5", "--sam", "/nowhere", "-o", scratch.path("out")])
        #expect(outcome.status == 3)
        #expect(
            outcome.errors
                == "lathe: no segmenter model: /nowhere is not a folder; choose one with --models or --segmenter\n"
        )
        let listed = try Program.run(["models", "list", "--view-prior", "/nowhere"]).output
        #expect(listed.contains("prior        missing: give a folder with --models or --view-prior\n"))
        let found = try Program.run(["doctor", "--view-prior", "/nowhere"]).output
        #expect(found.contains("prior             missing: give a folder with --models or --view-prior\n"))
    }

    @Test func inspectionsNameTheOptionInBothForms() throws {
        let lama = Program.packageRoot.appending(path: "Tests/LaMaTests/Fixtures/small").path
        #expect(
            try Program.run(["models", "inspect", lama]).output.contains(
                "  taken by: --inpainter, as it is\n"))
        let json = try Program.run(["models", "inspect", lama, "--json"]).output
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let file = try #require((object?["files"] as? [[String: Any]])?.first)
        #expect(file["use"] as? String == "--inpainter, as it is")
        #expect(file["format"] as? String == "safetensors")
    }
}
