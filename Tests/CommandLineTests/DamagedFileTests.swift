// Damaged and hostile files of the test data: refused in one line, never a crash, nothing half-written.

import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
struct DamagedFileTests {
    /// Runs `arguments` and checks that a refusal is one line with `status` and that no run ends in a crash.
    private func check(
        _ file: (path: String, expectation: TestData.Expectation), status: Int32, _ arguments: [String]
    ) throws {
        let scratch = try Scratch()
        let output = scratch.path("out")
        let outcome = try Program.run(arguments + ["-o", output])
        let name = (file.path as NSString).lastPathComponent
        if file.expectation.expect == "refuse" {
            #expect(outcome.status == status, "\(name): \(outcome.status) \(outcome.errors)")
        } else {
            #expect([0, status].contains(outcome.status), "\(name): \(outcome.status) \(outcome.errors)")
        }
        guard outcome.status != 0 else { return }
        #expect(outcome.errorLines.count == 1, "\(name): \(outcome.errors)")
        #expect(outcome.errors.split(whereSeparator: \.isNewline).count == 1, "\(name): \(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: output), "\(name) left something behind")
    }

    @Test func picturesAreRefusedOrRead() throws {
        let files = try TestData.bad("images/").filter { $0.expectation.level == "file" }
        #expect(files.count > 30)
        for file in files { try check(file, status: 2, ["segment", file.path, "--mask", file.path]) }
        // What cannot be decoded cannot be edited either; large ones are left to the command above.
        for file in files where file.expectation.expect == "refuse" {
            try check(file, status: 2, ["outpaint", file.path, "--left", "3", "--with", "lama"])
        }
    }

    @Test func picturesAsMasksAreRefusedOrRead() throws {
        let files = try TestData.bad("images/").filter { $0.expectation.level == "file" }
        for file in files.prefix(12) {
            try check(file, status: 2, ["segment", try photograph(), "--mask", file.path])
        }
    }

    @Test func objectsAndMasksThatHoldNothingAreRefused() throws {
        for file in try TestData.bad("images/").filter({ $0.expectation.level == "pipeline" }) {
            let isMask = file.path.contains("mask_")
            for command in ["segment", "remove"] {
                let arguments =
                    isMask ? [command, try photograph(), "--mask", file.path] : [command, file.path]
                try check(
                    file, status: 2, arguments + (command == "remove" ? EditCommandTests.inpainter : []))
            }
        }
    }

    @Test func weightsOfASegmenterAreRefused() throws {
        let files = try TestData.bad("weights/").filter { $0.path.hasSuffix(".safetensors") }
        #expect(files.count > 15)
        for file in files where file.expectation.expect == "refuse" {
            try Program.expectRefusal(["models", "inspect", file.path], status: 3, saying: "safetensors")
        }
    }

    @Test func weightsOfPyTorchAreRefusedAndRunNothing() throws {
        let files = try TestData.bad("weights/").filter { !$0.path.hasSuffix(".safetensors") }
        #expect(files.count > 20)
        for file in files {
            let scratch = try Scratch()
            let outcome = try Program.run(["models", "inspect", file.path], in: scratch.folder)
            let expected: [Int32] =
                switch file.expectation.expect {
                case "refuse": [3]
                case "accept": [0]
                default: [0, 3]
                }
            #expect(expected.contains(outcome.status), "\(file.path): \(outcome.status) \(outcome.errors)")
            #expect(outcome.errorLines.count == (outcome.status == 0 ? 0 : 1), "\(outcome.errors)")
            #expect(scratch.isEmpty, "\(file.path) left something behind")
        }
    }

    @Test func configurationsOfASegmenterAreRefused() throws {
        for file in try TestData.bad("configs/") where file.expectation.expect == "refuse" {
            let scratch = try Scratch()
            let folder = scratch.path("model")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: file.path, toPath: "\(folder)/config.json")
            try check(
                file, status: 3, ["segment", try photograph(), "--box", "10,10,90,90", "--sam", folder])
        }
    }

    private func photograph() throws -> String {
        try #require(TestData.folder) + "/photos/dog.jpg"
    }
}
