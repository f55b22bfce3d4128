// Options and files beyond what the program can do, and systems that give it too little.

import Foundation
import Images
import Testing

@Suite struct LimitTests {
    let scratch: Scratch
    let picture: String

    init() throws {
        scratch = try Scratch()
        picture = scratch.path("photo.png")
        try Image(width: 40, height: 30, color: [0.2, 0.4, 0.6]).savePNG(picture)
    }

    @Test func numbersOfTheToyWorldAreBounded() throws {
        let output = scratch.path("out.png")
        for option in [
            "--size=-1", "--size=0", "--size=9223372036854775807", "--azimuth=nan", "--elevation=1e30",
        ] {
            for command in ["render", "scene"] {
                try Program.expectRefusal(
                    ["toybox", command, option, "-o", output], saying: "must lie in", writingTo: output)
            }
        }
        for option in [
            "--objects=0", "--views=-1", "--columns=9223372036854775807", "--seed=18446744073709551615",
        ] {
            try Program.expectRefusal(
                ["toybox", "sheet", option, "-o", output], saying: "must lie in", writingTo: output)
        }
        for option in ["--count=9223372036854775807", "--shard-size=9223372036854775807", "--first-shard=-1"]
        {
            try Program.expectRefusal(
                ["toybox", "dataset", "--kind", "views", option, "-o", output], saying: "must lie in",
                writingTo: output)
        }
    }

    @Test func promptsAreBoundedAndNotEmpty() throws {
        let long = String(repeating: "a", count: 100_000)
        let output = scratch.path("out.png")
        for command in [
            ["generate"], ["fill", picture, "--box", "1,1,9,9"], ["replace", picture, "--box", "1,1,9,9"],
        ] {
            try Program.expectRefusal(
                command + ["--prompt", long, "-o", output], saying: "100000 characters")
            try Program.expectRefusal(command + ["--prompt", "  ", "-o", output], saying: "is empty")
        }
        try Program.expectRefusal(
            ["generate", "--prompt", "a cup", "--negative-prompt", long, "-o", output],
            saying: "100000 characters")
    }

    @Test func aRunIsNoPicture() throws {
        _ = try scratch.write("{}", "run.json")
        try Program.expectRefusal(
            ["lift", scratch.folder], saying: "is a run", "--resume", "turntable", "mesh")
        try Program.expectRefusal(["lift", scratch.folder, "--resume", "--seed", "3"], saying: "--seed")
    }

    /// What a shell limits before it starts the program.
    private func limited(_ limit: String, _ arguments: [String]) throws -> (status: Int32, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "ulimit \(limit); exec \"$0\" \"$@\"", Program.path] + arguments
        process.currentDirectoryURL = Program.packageRoot
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return (isExit ? process.terminationStatus : -process.terminationStatus, text)
    }

    @Test(arguments: [150_000, 240_000])
    func tooLittleMemoryIsOneLine(_ kilobytes: Int) throws {
        let outcome = try limited(
            "-v \(kilobytes)", ["segment", picture, "--point", "5,5", "-o", scratch.path("out")])
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.errors.contains("memory"))
    }

    @Test func aFileAboveItsLimitIsAnError() throws {
        let mask = scratch.path("mask.png"), output = scratch.path("out")
        try Mask(width: 40, height: 30, inside: (0..<1200).map { $0 < 300 }).savePNG(mask)
        let outcome = try limited("-f 0", ["segment", picture, "--mask", mask, "-o", output])
        #expect(outcome.status == 2 && outcome.errors.hasPrefix("lathe: "), "\(outcome.errors)")
        #expect(outcome.errors.contains("too large"), "\(outcome.errors)")
    }
}
