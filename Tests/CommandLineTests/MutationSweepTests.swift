// Mutated files of every format that is read: taken, or refused in one line with exit code 2 or 3.

import Foundation
import Images
import Testing

/// LATHE_MUTATION_RUNS says how many runs are made, LATHE_MUTATION_FIRST with which they begin, and LATHE_MUTATION_ONLY
/// which formats: a part of their names.
@Suite struct MutationSweepTests {
    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private static let runs = setting("LATHE_MUTATION_RUNS") ?? 240

    @Test func mutatedFilesAreTakenOrRefused() throws {
        let samples = try MutationSamples()
        let only = ProcessInfo.processInfo.environment["LATHE_MUTATION_ONLY"] ?? ""
        let formats = try samples.formats().filter { only.isEmpty || $0.name.contains(only) }
        try #require(!formats.isEmpty)
        let first = Self.setting("LATHE_MUTATION_FIRST") ?? 0
        for run in first..<first + Self.runs {
            let format = formats[run % formats.count]
            let name = "\(format.name)-\(run / formats.count)"
            var random = MutationStream(name)
            let scratch = try Scratch()
            let mutated = Mutation.of(format.bytes, isText: format.isText, &random)
            let arguments = try format.command(mutated, scratch)
            // Far above what any of these commands takes, far below what a number in a file can ask for.
            let outcome = try Program.run(
                arguments, in: scratch.folder, environment: ["SWIFT_BACKTRACE": "enable=no"],
                shell: "ulimit -v 6000000; ulimit -t 60")
            let shown =
                "\(name): \(outcome.status), lathe \(arguments.joined(separator: " "))\n\(outcome.errors)"
            #expect([0, 2, 3].contains(outcome.status), "\(shown)")
            #expect(outcome.status == 0 || outcome.errorLines.count >= 1, "\(shown)")
            for words in ["out of memory", "Error Domain", "DecodingError", "Fatal error"] {
                #expect(!outcome.errors.contains(words), "\(shown)")
            }
        }
    }
}

/// One small file of each format, and the command that reads it.
struct MutationSamples {
    struct Format {
        let name: String
        let bytes: [UInt8]
        var isText = false
        /// Writes the mutated bytes where the command looks for them.
        let command: (_ mutated: [UInt8], Scratch) throws -> [String]
    }

    private let made: Scratch
    private let tests = Program.packageRoot.appendingPathComponent("Tests").path
    private let models = Program.packageRoot.appendingPathComponent("Models/starter").path
    private let mug = Program.packageRoot.appendingPathComponent("Scenes/mug").path
    private var pictures: String { "\(tests)/ImagesTests/Fixtures" }
    private var photograph: String { "\(pictures)/rgb.png" }

    /// Makes what is not at hand: a capture, a fit, a run, meshes.
    init() throws {
        made = try Scratch()
        func make(_ arguments: [String]) throws {
            let outcome = try Program.run(arguments)
            try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
        }
        let views = made.path("views"), run = made.path("run")
        try make(["toybox", "capture", "--train", "2", "--test", "1", "--size", "16", "-o", views])
        try make(["fit", views, "--steps", "2", "-o", made.path("fit")])
        try make([
            "lift", mug, "--models", models, "--preset", "draft", "--set", "steps=2", "--frames", "2",
            "--size",
            "16", "--resolution", "24", "--texture", "64", "-o", run,
        ])
    }

    private func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func write(_ bytes: [UInt8], _ path: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A copy of a folder in which one file is replaced.
    private static func folder(
        _ source: String, _ file: String, _ bytes: [UInt8], _ scratch: Scratch, without names: [String] = []
    ) throws -> String {
        let folder = scratch.path("folder")
        try FileManager.default.copyItem(atPath: source, toPath: folder)
        for name in names { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
        _ = try write(bytes, "\(folder)/\(file)")
        return folder
    }

    private func film(_ path: String, _ scratch: Scratch) -> [String] {
        ["turntable", path, "--frames", "1", "--size", "16", "-o", scratch.path("film.gif")]
    }

    func formats() throws -> [Format] {
        try picturesAndMeshes() + weights() + configurations() + records()
    }

    private func picturesAndMeshes() throws -> [Format] {
        let (pictures, made) = (pictures, made)
        var formats: [Format] = []
        for name in [
            "rgb.png", "rgb16.png", "palette2.png", "interlaced.png", "color_key.png", "gamma.png",
            "grey_alpha.png", "baseline.jpg", "progressive.jpg", "ink.jpg", "turned6.jpg",
        ] {
            formats.append(
                Format(name: name, bytes: try read("\(pictures)/\(name)")) { bytes, scratch in
                    let path = try Self.write(bytes, scratch.path(name))
                    return ["segment", path, "--mask", path, "-o", scratch.path("out")]
                })
        }
        let glb = try read("\(made.path("run"))/mesh.glb")
        for (name, bytes) in [("mesh.glb", glb), ("binary.ply", Self.binaryPLY)] {
            formats.append(
                Format(name: name, bytes: bytes) { film(try Self.write($0, $1.path(name)), $1) })
        }
        let length = glb[12..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
        formats.append(
            Format(name: "glTF", bytes: Array(glb[20..<20 + length]), isText: true) { bytes, scratch in
                func word(_ value: Int) -> [UInt8] {
                    withUnsafeBytes(of: UInt32(value).littleEndian, Array.init)
                }
                let text = bytes + [UInt8](repeating: 0x20, count: (4 - bytes.count % 4) % 4)
                let rest = glb[(20 + length)...]
                let file =
                    glb[..<8] + word(20 + text.count + rest.count) + word(text.count) + glb[16..<20] + text
                    + rest
                return film(try Self.write(Array(file), scratch.path("mesh.glb")), scratch)
            })
        let object = """
            mtllib t.mtl
            v 0 0 0
            v 1 0 0 0.5 0.5 0.5
            v 1 1 0
            v 0 1 1
            vt 0 0
            vt 1 0
            vt 1 1
            vn 0 0 1
            usemtl a
            f 1/1/1 2/2/1 3/3/1 4
            usemtl b
            f -1//-1 -2//1 -3

            """
        let material = """
            newmtl a
            Kd 0.5 0.2 1e-1
            map_Kd -s 2 2 1 -o 0.1 0 0 t.png
            d 0.5
            map_d t.png
            newmtl b
            Tr 0.2

            """
        let points = """
            ply
            format ascii 1.0
            element vertex 3
            property float x
            property float y
            property float z
            property uchar red
            property uchar green
            property uchar blue
            element face 1
            property list uchar int vertex_indices
            end_header
            0 0 0 255 0 0
            1 0 0 0 255 0
            1 1 0.5 0 0 255
            3 0 1 2

            """
        let texture = try read(photograph)
        let parts = [("t.obj", Array(object.utf8)), ("t.mtl", Array(material.utf8)), ("t.png", texture)]
        for (name, bytes) in parts {
            formats.append(
                Format(name: "OBJ-\(name)", bytes: bytes, isText: name != "t.png") { mutated, scratch in
                    for (other, bytes) in parts {
                        _ = try Self.write(other == name ? mutated : bytes, scratch.path(other))
                    }
                    return film(scratch.path("t.obj"), scratch)
                })
        }
        formats.append(
            Format(name: "PLY", bytes: Array(points.utf8), isText: true) {
                film(try Self.write($0, $1.path("points.ply")), $1)
            })
        formats.append(
            Format(
                name: "split.json", bytes: Array(#"{"train": {"t.obj": "a cup"}, "heldout": {}}"#.utf8),
                isText: true
            ) {
                _ = try Self.write($0, $1.path("split.json"))
                _ = try Self.write(parts[0].1, $1.path("t.obj"))
                return [
                    "dataset", "views", "--meshes", $1.folder, "--count", "1", "--input-size", "16",
                    "--view-size",
                    "16", "-o", $1.path("out"),
                ]
            })
        return formats
    }

    /// A triangle with normals and colours.
    private static var binaryPLY: [UInt8] {
        let header = """
            ply
            format binary_little_endian 1.0
            element vertex 3
            property float x
            property float y
            property float z
            property uchar red
            property uchar green
            property uchar blue
            element face 1
            property list uchar uint vertex_indices
            end_header

            """
        var bytes = Array(header.utf8)
        for corner in [[0, 0, 0], [1, 0, 0], [0, 1, 0.5]] as [[Float]] {
            for value in corner { withUnsafeBytes(of: value) { bytes += $0 } }
            bytes += [200, 100, 50]
        }
        bytes.append(3)
        for index in 0..<3 as Range<UInt32> { withUnsafeBytes(of: index) { bytes += $0 } }
        return bytes
    }

    /// A safetensors header as text, the numbers behind it as they are.
    private func header(
        _ name: String, of path: String, _ command: @escaping ([UInt8], Scratch) throws -> [String]
    ) throws -> Format {
        let file = try read(path)
        let length = file[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        return Format(name: name, bytes: Array(file[8..<8 + length]), isText: true) { bytes, scratch in
            let size = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
            return try command(size + bytes + file[(8 + length)...], scratch)
        }
    }

    private func weights() throws -> [Format] {
        let (tests, models, photograph, made) = (tests, models, photograph, made)
        var formats = try [
            "views.pth", "views_legacy.pth", "views_protocol5.pth", "training.ckpt", "script.pt", "typed.pth",
            "expected.safetensors",
        ].map { name in
            Format(name: name, bytes: try read("\(tests)/CheckpointsTests/Fixtures/\(name)")) {
                ["models", "inspect", try Self.write($0, $1.path(name))]
            }
        }
        let adapters = "\(tests)/StableDiffusionTests/Fixtures/adapters"
        for name in ["lora_kohya", "cat_toy"] {
            formats.append(
                Format(name: name, bytes: try read("\(adapters)/\(name).safetensors")) {
                    ["models", "inspect", try Self.write($0, $1.path("adapter.safetensors"))]
                })
        }
        formats.append(
            Format(name: "field", bytes: try read("\(made.path("fit"))/field.safetensors")) {
                film(try Self.write($0, $1.path("field.safetensors")), $1)
            })
        formats.append(
            try header("field-header", of: "\(made.path("run"))/field.safetensors") {
                film(try Self.folder(made.path("run"), "field.safetensors", $0, $1), $1)
            })
        formats.append(
            try header("fit-header", of: "\(made.path("fit"))/field.safetensors") {
                [
                    "fit", made.path("views"), "--steps", "2", "--resume", "-o",
                    try Self.folder(made.path("fit"), "field.safetensors", $0, $1),
                ]
            })
        formats.append(
            try header("resume-header", of: "\(made.path("run"))/field.safetensors") {
                [
                    "lift",
                    try Self.folder(made.path("run"), "field.safetensors", $0, $1, without: ["mesh.glb"]),
                    "--resume",
                ]
            })
        formats.append(
            try header("segmenter-header", of: "\(models)/segmenter/model.safetensors") {
                [
                    "segment", photograph, "--box", "3,3,20,20", "-o", $1.path("out"), "--sam",
                    try Self.folder("\(models)/segmenter", "model.safetensors", $0, $1),
                ]
            })
        return formats
    }

    private func configurations() throws -> [Format] {
        let (tests, models, photograph, mug) = (tests, models, photograph, mug)
        func format(
            _ part: String, _ file: String, without names: [String] = [],
            _ command: @escaping (_ folder: String, Scratch) -> [String]
        ) throws -> Format {
            Format(name: "\(part)/\(file)", bytes: try read("\(models)/\(part)/\(file)"), isText: true) {
                command(try Self.folder("\(models)/\(part)", file, $0, $1, without: names), $1)
            }
        }
        var formats: [Format] = []
        for file in ["config.json", "preprocessor_config.json"] {
            formats.append(
                try format("segmenter", file) {
                    ["segment", photograph, "--box", "3,3,20,20", "-o", $1.path("out"), "--sam", $0]
                })
        }
        formats.append(try format("segmenter", "config.json") { folder, _ in ["models", "inspect", folder] })
        for file in [
            "config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
        ] {
            formats.append(
                try format("captioner", file, without: file == "vocab.txt" ? ["tokenizer.json"] : []) {
                    folder, _ in
                    ["caption", photograph, "--captioner", folder]
                })
        }
        formats.append(
            try format("inpainter", "config.json") {
                [
                    "remove", photograph, "--box", "3,3,9,9", "-o", $1.path("out.png"), "--models", models,
                    "--inpainter", $0,
                ]
            })
        let lama = "\(tests)/LaMaTests/Fixtures/published/big-lama"
        formats.append(
            Format(name: "config.yaml", bytes: try read("\(lama)/config.yaml"), isText: true) {
                [
                    "remove", photograph, "--box", "3,3,9,9", "-o", $1.path("out.png"), "--models", models,
                    "--inpainter", try Self.folder(lama, "config.yaml", $0, $1),
                ]
            })
        for file in [
            "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
            "tokenizer/merges.txt", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json",
            "tokenizer/vocab.json", "unet/config.json", "vae/config.json",
        ] {
            formats.append(
                try format("diffusion", file) {
                    [
                        "generate", "--prompt", "a cup", "--steps", "1", "--best-of", "1", "--models", models,
                        "-o",
                        $1.path("out.png"), "--diffusion", $0,
                    ]
                })
        }
        for file in [
            "model_index.json", "prior.json", "scheduler/scheduler_config.json", "image_encoder/config.json",
            "unet/config.json",
        ] {
            formats.append(
                try format("prior", file) {
                    [
                        "lift", mug, "--preset", "draft", "--set", "steps=1", "--frames", "1", "--size", "16",
                        "--resolution", "16", "--texture", "0", "--prompt", "x", "--models", models, "-o",
                        $1.path("out"), "--view-prior", $0,
                    ]
                })
        }
        return formats
    }

    private func records() throws -> [Format] {
        let (models, photograph, mug, made) = (models, photograph, mug, made)
        let scene = "image: photo.png\npoint: [12, 3.5]\nbox: [[1, 2, 20, 20]]\n"
        let options =
            "point: [[3, 4], [10, 12, \"-\"]]\nfill-holes: true\ngrow: 5%\nislands: 3\nfeather: 1.5\n"
        var formats = [
            Format(name: "scene.yaml", bytes: Array(scene.utf8), isText: true) {
                try FileManager.default.copyItem(atPath: photograph, toPath: $1.path("photo.png"))
                _ = try Self.write($0, $1.path("scene.yaml"))
                return ["lift", "--plan", $1.folder, "--models", models, "-o", $1.path("out")]
            },
            Format(name: "options.yaml", bytes: Array(options.utf8), isText: true) {
                [
                    "segment", photograph, "-c", try Self.write($0, $1.path("options.yaml")), "--models",
                    models,
                    "-o", $1.path("out"),
                ]
            },
        ]
        for part in ["train", "test"] {
            let name = "transforms_\(part).json"
            formats.append(
                Format(name: name, bytes: try read("\(made.path("views"))/\(name)"), isText: true) {
                    [
                        "fit", try Self.folder(made.path("views"), name, $0, $1), "--steps", "1", "-o",
                        $1.path("out"),
                    ]
                })
        }
        let run = made.path("run"), record = try read("\(run)/run.json")
        formats += [
            Format(name: "run.json", bytes: record, isText: true) {
                ["lift", try Self.folder(run, "run.json", $0, $1, without: ["mesh.glb"]), "--resume"]
            },
            Format(name: "run.json, judged", bytes: record, isText: true) {
                ["evaluate", try Self.folder(run, "run.json", $0, $1)]
            },
            Format(name: "run.json, begun again", bytes: record, isText: true) {
                ["lift", mug, "--plan", "--models", models, "-o", try Self.folder(run, "run.json", $0, $1)]
            },
            Format(name: "metrics.jsonl", bytes: try read("\(run)/metrics.jsonl"), isText: true) {
                ["lift", try Self.folder(run, "metrics.jsonl", $0, $1, without: ["mesh.glb"]), "--resume"]
            },
            Format(name: "fit.json", bytes: try read("\(made.path("fit"))/fit.json"), isText: true) {
                [
                    "fit", made.path("views"), "--steps", "3", "-o",
                    try Self.folder(made.path("fit"), "fit.json", $0, $1),
                ]
            },
        ]
        return formats
    }
}
