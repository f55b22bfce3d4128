// The commands that edit and make pictures, from the command line to the files.

import Foundation
import Images
import Testing

@Suite struct EditCommandTests {
    static let inpainter = [
        "--inpainter", Program.packageRoot.appending(path: "Tests/LaMaTests/Fixtures/small").path,
    ]
    private static let starter = Program.packageRoot.appending(path: "Models/starter").path

    let scratch: Scratch
    let picture: String
    let mask: String
    private let hole: Mask

    init() throws {
        scratch = try Scratch()
        picture = scratch.path("photo.png")
        mask = scratch.path("mask.png")
        let bytes = (0..<90 * 60).flatMap { (i: Int) -> [UInt8] in
            [UInt8(i % 90 * 2), UInt8(i / 90 * 4), UInt8(i * 7919 % 251)]
        }
        try Image(width: 90, height: 60, channels: 3, bytes: bytes).savePNG(picture)
        hole = Mask(
            width: 90, height: 60, inside: (0..<90 * 60).map { 20..<50 ~= $0 % 90 && 15..<40 ~= $0 / 90 })
        try hole.savePNG(mask)
    }

    private func run(_ arguments: [String], interruptedAt words: String? = nil) throws -> Outcome {
        try Program.run(
            arguments, in: scratch.folder, environment: ["LATHE_MODELS": Self.starter], interruptedAt: words)
    }

    /// Runs with `--json` and returns the result.
    private func result(_ arguments: [String]) throws -> [String: Any] {
        let outcome = try run(arguments + ["--json"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    private func expectKept(_ path: String, outside mask: Mask) throws {
        let (after, before) = (try Image.load(path).bytes, try Image.load(picture).bytes)
        #expect(after.count == before.count)
        guard after.count == before.count else { return }
        let changed = mask.inside.enumerated().filter { pixel, isInside in
            !isInside && (0..<3).contains { after[pixel * 3 + $0] != before[pixel * 3 + $0] }
        }
        #expect(changed.isEmpty, "\(changed.count) pixels changed")
    }

    @Test(arguments: [
        (["-o", "x.webp"], ".webp"), (["-o", "x.TIFF"], ".tiff"), (["-o", "-"], "standard output"),
        (["--output", "-"], "standard output"),
    ])
    func aNameThatIsNoResultsIsRefused(output: [String], named: String) throws {
        let before = scratch.names
        let outcome = try run(["remove", picture, "--mask", mask] + output + Self.inpainter)
        #expect(outcome.status == 2 && outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(named) && scratch.names == before)
    }

    @Test func aFileThatBeginsWithADashIsAnErrorAndNoHelpPage() throws {
        let names = ["-dash.png", "-xyz.png"]
        for name in names { try Data().write(to: URL(filePath: scratch.path(name))) }
        for name in names + ["-sh.png"] {
            let outcome = try run(["remove", name, "--mask", mask, "-o", "out.png"])
            #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errorLines.count == 1)
            #expect(outcome.errors.contains("'./\(name)'"), "\(outcome.errors)")
        }
        #expect(try run(["remove", "-h"]).status == 0)
        let pipe = try run(["remove", "-", "--mask", mask, "-o", "out.png"])
        #expect(pipe.status == 2 && pipe.errors.contains("standard input"))
    }

    @Test func removePrintsWhatItWrote() throws {
        let outcome = try run(
            ["remove", picture, "--mask", mask, "--grow", "0", "--check", "-o", "out.png"] + Self.inpainter)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("picture out.png\ncheck   "))
        try expectKept(scratch.path("out.png"), outside: hole)
        let quiet = try run(["remove", picture, "--mask", mask, "-q", "-o", "q.jpg"] + Self.inpainter)
        #expect(quiet.status == 0 && quiet.errors.isEmpty)
        #expect(try ImageFile(path: scratch.path("q.jpg")).format == .jpeg)
        let refined = try result(
            ["remove", picture, "--mask", mask, "--grow", "0", "--refine", "-o", "refined"] + Self.inpainter)
        #expect(refined["picture"] as? String == "refined/result.png")
        try expectKept(scratch.path("refined/result.png"), outside: hole)
        let drawn = try result([
            "remove", picture, "--mask", mask, "--with", "diffusion", "--steps", "2", "--grow", "0", "-o",
            "d",
        ])
        #expect(drawn["prompts"] as? [String] == [""])
        #expect((drawn["notes"] as? [String])?.count == 0)
        let detailed = try result([
            "fill", picture, "--mask", mask, "--prompt", "a red mug", "--steps", "2", "--detail", "0.35",
            "--grow",
            "0", "-o", "e",
        ])
        #expect((detailed["notes"] as? [String])?.count == 1, "two steps leave none for the second pass")
        try expectKept(scratch.path("d/result.png"), outside: hole)
    }

    @Test func oneSeedGivesTheSameBytesWhateverTheThreads() throws {
        for arguments in [
            ["remove", picture, "--mask", mask] + Self.inpainter,
            ["fill", picture, "--object", "\(mask): a red cup", "--steps", "4", "--seed", "3"],
            ["generate", "--prompt", "a red cup", "--steps", "2", "--seed", "3"],
        ] {
            var pictures: [Data] = []
            for threads in ["1", "2", "3"] {
                let outcome = try run(arguments + ["--threads", threads, "-o", "out.png"])
                #expect(outcome.status == 0, "\(outcome.errors)")
                pictures.append(try Data(contentsOf: URL(fileURLWithPath: scratch.path("out.png"))))
            }
            #expect(Set(pictures).count == 1, "\(arguments[0])")
        }
    }

    @Test func fillTakesSeveralObjectsAndMakesSeveralVersions() throws {
        let result = try result([
            "fill", picture, "--object", "\(mask): a red cup", "--object", "\(mask):", "--prompt",
            "a blue ball",
            "--count", "2", "--steps", "2", "--detail", "0", "--seed", "4", "-o", "many",
        ])
        #expect(result["prompts"] as? [String] == ["a red cup", "a blue ball"])
        let versions = try #require(result["versions"] as? [[String: Any]])
        #expect(versions.map { $0["seed"] as? Int } == [4, 5])
        #expect(versions.map { $0["picture"] as? String } == ["many/result.png", "many/result-1.png"])
        #expect(result["sheet"] as? String == "many/result-sheet.png")
        for name in ["mask_0.png", "mask_1.png", "overlay.png", "result-sheet.png", "progress/000000.png"] {
            #expect(try Image.load(scratch.path("many/\(name)")).width > 0)
        }
        let record = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: scratch.path("many/run.json")))) as? [String: Any]
        )
        #expect(record["command"] as? String == "fill")
    }

    @Test func replaceWithoutAPromptIsDescribed() throws {
        let outcome = try run([
            "replace", picture, "--mask", mask, "--steps", "2", "--detail", "0", "-o", "out.png",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("the captioner says: "))
        try expectKept(scratch.path("out.png"), outside: hole.inverted)
    }

    @Test func outpaintReachesAnAspectAndKeepsThePhotograph() throws {
        let outcome = try run([
            "outpaint", picture, "--aspect", "2:1", "--prompt", "a beach", "--steps", "2", "-o", "wide.png",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let wide = try Image.load(scratch.path("wide.png"))
        #expect(wide.width == 120 && wide.height == 60)
        let kept = wide.cropped(to: PixelRectangle(left: 15, top: 0, right: 105, bottom: 60))
        #expect(try kept.bytes == Image.load(picture).bytes)
    }

    @Test func generateStartsFromWordsOrAPictureOfAnySize() throws {
        let fresh = try result([
            "generate", "--prompt", "a red cup", "--steps", "2", "--count", "2", "--best-of", "1", "-o",
            "made",
        ])
        #expect(fresh["seeds"] as? [Int] == [0, 1])
        #expect(try Image.load(scratch.path("made/result-1.png")).width == 64)
        let from = try result([
            "generate", "--prompt", "a red cup", "--from", picture, "--steps", "4", "--strength", "0.5", "-o",
            "from.jpg",
        ])
        #expect((from["notes"] as? [String])?.first?.contains("multiples of 8") == true)
        let made = try Image.load(scratch.path("from.jpg"))
        #expect(made.width == 88 && made.height == 64)
    }

    @Test func controlCStopsAnEditWithoutATrace() throws {
        let before = try FileManager.default.contentsOfDirectory(atPath: scratch.folder).sorted()
        for output in ["stopped", "stopped.png"] {
            let outcome = try run(
                ["fill", picture, "--mask", mask, "--prompt", "a cup", "--steps", "1000", "-o", output],
                interruptedAt: "filling")
            #expect(outcome.status == 130, "\(outcome.status) \(outcome.errors)")
            #expect(outcome.errorLines == ["lathe: interrupted; no result was written"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder).sorted() == before)
        }
    }

    @Test func inpaintingIsJudgedBesideOtherPrograms() throws {
        let folder = scratch.path("photos")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let truth = try Image.load(picture)
        try truth.savePNG("\(folder)/a.png")
        let exported = try run([
            "evaluate", "--inpainting", folder, "--holes", "2", "--seed", "1", "--export", "holes",
        ])
        #expect(exported.status == 0, "\(exported.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path("holes")).sorted()
        #expect(names == ["a-0.png", "a-0_mask.png", "a-1.png", "a-1_mask.png"])
        // A peer that knows the truth is perfect.
        try FileManager.default.createDirectory(
            atPath: scratch.path("truth"), withIntermediateDirectories: false)
        for name in ["a-0.png", "a-1.png"] { try truth.savePNG(scratch.path("truth/\(name)")) }
        let arguments =
            [
                "evaluate", "--inpainting", folder, "--holes", "2", "--seed", "1", "--peer", "truth=truth",
                "--results", "ours",
            ] + Self.inpainter
        let outcome = try run(arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let rows = outcome.output.split(separator: "\n")
        #expect(rows.count == 4 && rows[1].hasPrefix("lathe") && rows[2].hasPrefix("smooth"))
        #expect(rows[3].contains("60.00") && rows[3].contains("1.0000") && rows[3].contains("0.0000"))
        #expect(try Image.load(scratch.path("ours/a-1.png")).width == 90)
        let missing = try run(arguments.map { $0 == "truth=truth" ? "none=none" : $0 })
        #expect(missing.status == 2 && missing.errors.contains("none/a-0.png"))
    }
}
