// The entry point: parses, runs, and turns every failure into one line and an exit code.

import ArgumentParser
import Foundation
import Lathe

@main
enum LatheProgram {
    static func main() {
        // A reader that went away (`lathe … | head`) must not kill a run that writes files.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try LatheCommand.parseAsRoot(try ConfigurationFile.expand(arguments))
            try command.run()
        } catch {
            exit(report(error, asJSON: arguments.contains("--json")))
        }
    }

    /// Shows an error and gives the code to exit with.
    private static func report(_ error: any Error, asJSON: Bool) -> Int32 {
        if let exitCode = error as? ExitCode { return exitCode.rawValue }
        let failure: LatheError
        if let error = error as? LatheError {
            failure = error
        } else if LatheCommand.exitCode(for: error) == .success {
            // Help and version texts travel as errors.
            print(LatheCommand.fullMessage(for: error))
            return 0
        } else if LatheCommand.exitCode(for: error) == .validationFailure {
            failure = LatheError(.badInput, "\(usageLine(error))")
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
    private static func usageLine(_ error: any Error) -> String {
        let message = LatheCommand.message(for: error)
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let name = CommandLine.arguments.dropFirst().first.flatMap { name in
            LatheCommand.configuration.subcommands.first { $0._commandName == name }.map { _ in name }
        }
        let help = name.map { "lathe \($0) --help" } ?? "lathe --help"
        return "\(line.hasSuffix(".") ? String(line.dropLast()) : line); see '\(help)'"
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
