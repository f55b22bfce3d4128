// Misspelt names offer the nearest, empty names are named, and faults of files have a place.

import Foundation
import Images
import Testing

@Suite struct MisspellingTests {
    private let scratch: Scratch
    private let picture: String

    init() throws {
        scratch = try Scratch()
        picture = scratch.path("photo.png")
        try Image(width: 40, height: 30, color: [0.2, 0.4, 0.6]).savePNG(picture)
    }

    @Test func commandsAndOptionsOfferTheNearest() throws {
        try Program.expectRefusal(["segement", picture], saying: "'segement'; did you mean 'segment'?")
        try Program.expectRefusal(["turntabel"], saying: "did you mean 'turntable'?", "lathe --help")
        try Program.expectRefusal(["toybox", "rendr", "-o", "x"], saying: "did you mean 'render'?")
        try Program.expectRefusal(["models", "lsit"], saying: "did you mean 'list'?")
        // Before what is missing, which the misspelt option may be.
        try Program.expectRefusal(
            ["segment", picture, "--pont", "5,5"],
            saying: "lathe segment has no option '--pont'; did you mean '--point'?")
        try Program.expectRefusal(
            ["lift", picture, "--point", "5,5", "--presett=draft"], saying: "did you mean '--preset'?")
        // Values are no options.
        try Program.expectRefusal(
            ["segment", picture, "--point", "5,5", "--grow", "--pont", "-o", scratch.path("out")],
            saying: "--grow")
        try Program.expectRefusal(["photograph"], saying: "photograph")
    }

    @Test func keysOfAnOptionFileHaveALine() throws {
        let file = try scratch.write("point: [5, 5]\n\nfil-holes: true\n", "options.yaml")
        try Program.expectRefusal(
            ["segment", picture, "-c", file, "-o", scratch.path("out")],
            saying:
                "options.yaml, line 3: lathe segment has no option 'fil-holes'; did you mean 'fill-holes'?")
        let value = try scratch.write("invert: true\npoint: []\n", "value.yaml")
        try Program.expectRefusal(
            ["segment", picture, "-c", value, "-o", scratch.path("out")], saying: "value.yaml, line 2")
    }

    @Test func emptyNamesAreNamed() throws {
        let out = ["-o", scratch.path("out")]
        for (arguments, name) in [
            (["lift", ""], "<in> is empty"), (["segment", "", "--point", "5,5"] + out, "<in> is empty"),
            (["segment", picture, "--mask", ""] + out, "--mask is empty; give <file>"),
            (["segment", picture, "--mask="] + out, "--mask is empty"),
            (["segment", picture, "--point", "5,5", "-o", ""], "-o is empty; give <dir>"),
            (["segment", picture, "--point", "5,5", "--models", ""] + out, "--models is empty"),
            (["caption", picture, "--captioner", ""], "--captioner is empty"),
            (["toybox", "capture", "-o", ""], "-o is empty"), (["turntable", ""], "<what> is empty"),
            (["models", "inspect", ""], "<path> is empty"), (["evaluate", ""], "is empty"),
            (["generate", "--prompt", "x", "--from", "", "-o", "x.png"], "--from is empty"),
            (["doctor", "-c", ""], "-c is empty"),
        ] {
            try Program.expectRefusal(arguments, saying: name)
        }
    }

    /// Where nothing can be written, with the system's reason and without what Foundation says of it.
    @Test func foldersThatCannotBeMadeAreOneLine() throws {
        let folder = "/proc/none/out"
        let commands: [[String]] = [
            ["toybox", "capture", "--train", "1", "--test", "1", "--size", "8"],
            ["toybox", "scene", "--size", "32"], ["toybox", "dataset", "--kind", "views", "--count", "1"],
            ["segment", picture, "--mask", try white()],
        ]
        for command in commands {
            let outcome = try Program.run(command + ["-o", folder])
            #expect(outcome.status == 2 && outcome.errorLines.count == 1, "\(command): \(outcome.errors)")
            #expect(outcome.errors.contains("no such file or directory"), "\(outcome.errors)")
            #expect(
                !outcome.errors.contains("Error Domain") && outcome.errors.count < 200, "\(outcome.errors)")
        }
    }

    private func white() throws -> String {
        let mask = scratch.path("mask.png")
        try Mask(width: 40, height: 30, inside: (0..<1200).map { $0 < 300 }).savePNG(mask)
        return mask
    }

    @Test func faultsOfJSONHaveAPlace() throws {
        let folder = scratch.path("views")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (text, place) in [
            ("{\n \"frames\": [\n", "line 3"),
            ("{\"frames\": [{\"file_path\": 3}]}", "'frames.0.file_path' is not text"),
            ("{}", "'frames' is missing"), ("{\"frames\": \"none\"}", "'frames' is not a list"),
        ] {
            _ = try scratch.write(text, "views/transforms_train.json")
            try Program.expectRefusal(["fit", folder, "-o", scratch.path("out")], saying: place)
        }
        _ = try scratch.write("{\"command\": \"lift\"", "run.json")
        try Program.expectRefusal(["evaluate", scratch.folder], saying: "run.json", "line 1")
    }

    @Test func aMeshLongerThanItsFileIsRefused() throws {
        let triangle = TriangleGLB.bytes
        var bytes = triangle
        bytes.replaceSubrange(8..<12, with: withUnsafeBytes(of: UInt32(1 << 30).littleEndian, Array.init))
        for (name, content) in [("whole.glb", triangle), ("total_past_end.glb", bytes)] {
            try Data(content).write(to: URL(fileURLWithPath: scratch.path(name)))
        }
        let film = ["--frames", "2", "--size", "16", "-o", scratch.path("film.gif")]
        #expect(try Program.run(["turntable", scratch.path("whole.glb")] + film).status == 0)
        try Program.expectRefusal(
            ["turntable", scratch.path("total_past_end.glb")] + film, saying: "declares 1073741824 bytes")
    }
}

/// One triangle as a binary glTF file.
enum TriangleGLB {
    static var bytes: [UInt8] {
        func word(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(value).littleEndian, Array.init) }
        var text = Array(
            """
            {"asset":{"version":"2.0"},"buffers":[{"byteLength":36}],"bufferViews":[{"buffer":0,"byteLength":36}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],"nodes":[{"mesh":0}],"scenes":[{"nodes":[0]}],"scene":0}
            """.utf8)
        while text.count % 4 != 0 { text.append(0x20) }
        let numbers: [Float] = [0, 0, 0, 1, 0, 0, 0, 1, 0]
        let binary = numbers.flatMap { withUnsafeBytes(of: $0, Array.init) }
        return Array("glTF".utf8) + word(2) + word(28 + text.count + binary.count) + word(text.count)
            + Array("JSON".utf8) + text + word(binary.count) + Array("BIN\0".utf8) + binary
    }
}
