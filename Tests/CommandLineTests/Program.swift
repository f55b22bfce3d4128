// Runs the built `lathe` program and looks at its exit code and what it printed.

import Foundation
import Testing

/// What one run of the program did.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of the standard error that are no progress.
    var errorLines: [String] {
        errors.split(whereSeparator: \.isNewline).map(String.init).filter { $0.hasPrefix("lathe: ") }
    }
}

enum Program {
    /// The program lies beside the test bundle that SwiftPM builds.
    static let path: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
        let candidates = [
            bundle.appendingPathComponent("lathe").path,
            packageRoot.appendingPathComponent(".build/release/lathe").path,
            packageRoot.appendingPathComponent(".build/debug/lathe").path,
        ]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[0]
    }()

    static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Runs `lathe` with these arguments.
    /// - Parameters:
    ///   - shell: commands of the shell that starts it, such as `ulimit`.
    ///   - words: if given, the program gets Ctrl-C as soon as its standard error holds them.
    static func run(
        _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        redirectingOutputTo device: String? = nil, shell: String? = nil,
        interruptedAt words: String? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: shell == nil ? path : "/bin/sh")
        process.arguments = (shell.map { ["-c", "\($0); exec \"$0\" \"$@\"", path] } ?? []) + arguments
        process.currentDirectoryURL = folder.map { URL(fileURLWithPath: $0) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files instead of pipes: neither stream can fill up and block the program.
        let scratch = try Scratch()
        let output = scratch.path("out")
        let errors = scratch.path("err")
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: device ?? output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        if let words {
            while process.isRunning, try !String(contentsOfFile: errors, encoding: .utf8).contains(words) {
                Thread.sleep(forTimeInterval: 0.005)
            }
            process.interrupt()
        }
        process.waitUntilExit()
        return Outcome(
            status: process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    /// Checks that the program refuses these arguments in one line that holds `words`, and writes nothing.
    static func expectRefusal(
        _ arguments: [String], status: Int32 = 2, saying words: String..., writingTo output: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try run(arguments)
        #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.output.isEmpty, "\(outcome.output)", sourceLocation: sourceLocation)
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
        }
        if let output {
            #expect(!FileManager.default.fileExists(atPath: output), sourceLocation: sourceLocation)
        }
    }
}

/// A folder that goes away with this object.
final class Scratch {
    let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("lathe-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ text: String, _ name: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    /// Names of what it holds, sorted.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

    var isEmpty: Bool { (try? FileManager.default.contentsOfDirectory(atPath: folder).isEmpty) ?? true }
}
