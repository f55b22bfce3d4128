// Parses, runs, and turns every failure into one line and an exit code.

package import ArgumentParser
import Foundation
import Lathe
import Synchronization

/// The program but for its root command, which knows the build.
package enum LatheProgram {
    /// The subcommands, in the order of the help.
    package static let commands: [any ParsableCommand.Type] = [
        LiftCommand.self, FitCommand.self, SegmentCommand.self, CaptionCommand.self,
        RemoveCommand.self, FillCommand.self, ReplaceCommand.self, OutpaintCommand.self,
        GenerateCommand.self,
        TurntableCommand.self,
        MeshCommand.self,
        EvaluateCommand.self, BenchCommand.self,
        ToyboxCommand.self, DatasetCommand.self, ModelsCommand.self, DoctorCommand.self,
        InstallCommand.self,
    ]

    private static let rootCommand = Mutex<(any ParsableCommand.Type)?>(nil)

    /// The root command of the process; nil before `main`.
    static var root: (any ParsableCommand.Type)? { rootCommand.withLock { $0 } }

    /// Runs what the arguments of the process ask of a root command, and exits with its code if it fails.
    package static func main(_ root: (some ParsableCommand).Type) {
        // A reader that went away (`lathe … | head`) must not kill a run that writes files.
        signal(SIGPIPE, SIG_IGN)
        // A file above the limit of its size becomes an error of writing.
        signal(SIGXFSZ, SIG_IGN)
        OutOfMemory.listen()
        rootCommand.withLock { $0 = root }
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try refuseEmptyValues(arguments, of: root)
            let expanded = try ConfigurationFile.expand(arguments) { CommandDescription(of: root) }
            try refuseEmptyValues(expanded, of: root)
            try Dashes.checkOutput(expanded)
            var command = try root.parseAsRoot(expanded)
            try command.run()
        } catch {
            let code = report(error, of: root, asJSON: arguments.contains("--json"))
            // Libraries that could not start their threads wait for them at the end.
            if code != 0, OutOfMemory.isLikely { _exit(code) }
            exit(code)
        }
    }

    /// - Throws: `LatheError` (`badInput`) naming an option or argument whose value is empty and no text.
    private static func refuseEmptyValues(
        _ arguments: [String], of root: (some ParsableCommand).Type
    ) throws {
        guard arguments.contains(where: { $0.isEmpty || $0.hasSuffix("=") }),
            let description = CommandDescription(of: root),
            let problem = CommandLineCheck(description).emptyValue(in: arguments)
        else { return }
        throw LatheError(.badInput, "\(problem)")
    }

    /// Shows an error and gives the code to exit with.
    private static func report(
        _ error: any Error, of root: (some ParsableCommand).Type, asJSON: Bool
    ) -> Int32 {
        if let exitCode = error as? ExitCode { return exitCode.rawValue }
        let failure: LatheError
        if let error = error as? LatheError {
            failure = error
        } else if let name = Dashes.misread(
            CommandLine.arguments.dropFirst(), error: root.exitCode(for: error))
        {
            failure = LatheError(
                .badInput,
                "'\(name)' begins with a dash and is read as options; write './\(name)' if it is a file")
        } else if root.exitCode(for: error) == .success {
            // Help and version texts travel as errors.
            print(root.fullMessage(for: error))
            return 0
        } else if root.exitCode(for: error) == .validationFailure {
            failure = LatheError(.badInput, "\(usageLine(error, of: root))")
        } else {
            failure = LatheError(wrapping: error)
        }
        if asJSON {
            Console.printJSON(ErrorReport(failure))
        } else {
            FileHandle.standardError.writeIgnoringErrors("lathe: \(failure.reason.typed)\n")
        }
        return failure.code.exitCode
    }

    /// The parser's message in one line, with where to read more.
    private static func usageLine(_ error: any Error, of root: (some ParsableCommand).Type) -> String {
        let misspelling = CommandDescription(of: root).flatMap {
            CommandLineCheck($0).misspelling(in: Array(CommandLine.arguments.dropFirst()))
        }
        let message = misspelling ?? root.message(for: error)
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let name = CommandLine.arguments.dropFirst().first.flatMap { name in
            commands.first { $0._commandName == name }.map { _ in name }
        }
        let help = name.map { "lathe \($0) --help" } ?? "lathe --help"
        return line.hasSuffix("?")
            ? "\(line) (see '\(help)')"
            : "\(line.hasSuffix(".") ? String(line.dropLast()) : line); see '\(help)'"
    }
}

private struct ErrorReport: Encodable {
    struct Body: Encodable {
        var code: Int32
        var kind: String
        var message: String
    }

    var error: Body

    init(_ failure: LatheError) {
        error = Body(code: failure.code.exitCode, kind: failure.code.rawValue, message: failure.reason.typed)
    }
}
