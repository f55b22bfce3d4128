// An installed copy works from any folder, with its models, manual page and completions.

import Foundation
import Images
import Testing

@Suite struct InstallTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Runs a copy of the program in a folder without models, and without the environment that names some.
    private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.folder)
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "LATHE_MODELS" }
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test func anInstalledCopyFindsItsModels() throws {
        let prefix = scratch.path("usr/local")
        let models = Program.packageRoot.appendingPathComponent("Models/starter").path
        let outcome = try Program.run(["install", prefix, "--models", models])
        #expect(outcome.status == 0, "\(outcome.errors)")
        for file in [
            "bin/lathe", "share/lathe/Models/starter/segmenter/model.safetensors", "share/man/man1/lathe.1",
            "share/bash-completion/completions/lathe", "share/zsh/site-functions/_lathe",
            "share/fish/vendor_completions.d/lathe.fish",
        ] {
            #expect(FileManager.default.fileExists(atPath: "\(prefix)/\(file)"), "\(file)")
        }
        let manual = try String(contentsOfFile: "\(prefix)/share/man/man1/lathe.1", encoding: .utf8)
        for command in UsageTests.commands { #expect(manual.contains(".SS lathe \(command)"), "\(command)") }
        let picture = scratch.path("photo.png")
        try Image(width: 40, height: 30, color: [0.2, 0.4, 0.6]).savePNG(picture)
        let caption = try run("\(prefix)/bin/lathe", ["caption", picture])
        #expect(caption.status == 0, "\(caption.text)")
        let listed = try run("\(prefix)/bin/lathe", ["doctor"])
        #expect(listed.text.contains("\(prefix)/share/lathe/Models/starter/segmenter"), "\(listed.text)")
        // Again over itself: the running program is not replaced by itself.
        #expect(try run("\(prefix)/bin/lathe", ["install", prefix]).status == 2)
        #expect(try Program.run(["install", prefix, "--models", models]).status == 0)
    }

    @Test func aCopyWithoutModelsSaysWhereItLooked() throws {
        let program = scratch.path("tool/bin/lathe")
        try FileManager.default.createDirectory(
            atPath: scratch.path("tool/bin"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Program.path, toPath: program)
        let picture = scratch.path("photo.png")
        try Image(width: 40, height: 30, color: [0.2, 0.4, 0.6]).savePNG(picture)
        let bare = try run(program, ["caption", picture])
        #expect(bare.status == 3)
        for place in ["tool/bin/Models/starter", "tool/share/lathe/Models/starter"] {
            #expect(bare.text.contains(scratch.path(place)), "\(bare.text)")
        }
        // Beside itself.
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("tool/bin/Models"),
            withDestinationPath: Program.packageRoot.appendingPathComponent("Models").path)
        #expect(try run(program, ["caption", picture]).status == 0)
    }
}
