// Outputs when writing fails at some file: all of them or none, no temporary files, earlier results as they were.

import Foundation
import Images
import Testing

@Suite struct FailingWriterTests {
    /// Sizes that no file may exceed, in the blocks of `ulimit -f`; the last lets everything pass.
    private static let limits = [1, 4, 16, 64, 256, 1 << 20]

    let scratch: Scratch
    let picture: String
    let mask: String

    init() throws {
        scratch = try Scratch()
        picture = scratch.path("photo.png")
        mask = scratch.path("mask.png")
        // Noise, so that the files of one output differ much in size.
        var state: UInt32 = 1
        let bytes = (0..<120 * 90 * 3).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        try Image(width: 120, height: 90, channels: 3, bytes: bytes).savePNG(picture)
        try Mask(width: 120, height: 90, inside: (0..<120 * 90).map { ($0 / 120 + $0 % 120) % 90 < 40 })
            .savePNG(mask)
    }

    private func run(_ arguments: [String], limit: Int) throws -> Outcome {
        try Program.run(arguments + ["--quiet"], shell: "ulimit -f \(limit)")
    }

    /// Names in the scratch folder, hidden ones too, at any depth.
    private func names() -> Set<String> {
        let walk = FileManager.default.enumerator(atPath: scratch.folder)
        return Set((walk?.allObjects ?? []).compactMap { $0 as? String })
    }

    /// Runs a command under every limit: what it wrote is whole, or not there.
    private func check(_ arguments: [String], files: Int) throws {
        let before = names()
        var refusals = 0
        for limit in Self.limits {
            let outcome = try run(arguments, limit: limit)
            let written = names().subtracting(before)
            if outcome.status == 0 {
                #expect(written.count { $0.contains(".") } == files, "\(arguments): \(written.sorted())")
                break
            }
            refusals += 1
            #expect(outcome.status == 2 && outcome.errorLines.count == 1, "\(limit): \(outcome.errors)")
            #expect(outcome.errors.contains("file too large"), "\(limit): \(outcome.errors)")
            #expect(written.isEmpty, "\(arguments) under \(limit) left \(written.sorted())")
        }
        #expect(refusals > 0 && names().count > before.count)
    }

    @Test func cutOutsAreWholeOrNone() throws {
        try check(["segment", picture, "--mask", mask, "-o", scratch.path("out/cut")], files: 3)
    }

    @Test func scenesAndCapturesAreWholeOrNone() throws {
        try check(
            [
                "toybox", "capture", "--train", "2", "--test", "1", "--size", "48", "-o",
                scratch.path("views"),
            ],
            files: 5)
        try check(["toybox", "scene", "--size", "64", "-o", scratch.path("scene")], files: 3)
        try check(["toybox", "render", "--size", "64", "-o", scratch.path("toy.png")], files: 1)
    }

    @Test func filmsAreWholeOrNone() throws {
        let mesh = scratch.path("mesh.glb")
        try Data(TriangleGLB.bytes).write(to: URL(fileURLWithPath: mesh))
        let film = ["turntable", mesh, "--frames", "3", "--size", "256", "--channels", "rgb,depth", "-o"]
        try check(film + [scratch.path("frames")], files: 3)
        try check(film + [scratch.path("film.gif")], files: 1)
        try check(film + [scratch.path("sheet.png")], files: 1)
    }

    @Test func editsAreWholeOrNone() throws {
        try check(
            ["remove", picture, "--mask", mask, "--no-texture"] + EditCommandTests.inpainter
                + ["-o", scratch.path("out.png")], files: 1)
    }

    @Test func anEarlierResultStays() throws {
        let output = scratch.path("cut")
        let arguments = ["segment", picture, "--mask", mask, "-o", output]
        #expect(try run(arguments, limit: 1 << 20).status == 0)
        let paths = ["mask", "object", "overlay"].map { "\(output)/\($0).png" }
        let before = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        _ = try scratch.write("mine", "cut/notes.txt")
        let all = names()
        #expect(try run(arguments + ["--grow", "2"], limit: 4).status == 2)
        #expect(try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before)
        #expect(names() == all)
        #expect(try run(arguments + ["--grow", "2"], limit: 1 << 20).status == 0)
        #expect(try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } != before && names() == all)
    }

    /// A folder that a killed process was writing goes with the next output beside it.
    @Test func whatAKilledProcessLeftIsCleared() throws {
        let stale = scratch.path(".cut.999999999-1.tmp")
        try FileManager.default.createDirectory(atPath: stale, withIntermediateDirectories: true)
        _ = try scratch.write("half", ".cut.999999999-1.tmp/mask.png")
        #expect(
            try run(["segment", picture, "--mask", mask, "-o", scratch.path("cut")], limit: 1 << 20).status
                == 0)
        #expect(!FileManager.default.fileExists(atPath: stale))
    }
}
