// Arguments that begin with a dash and are no options.

import ArgumentParser
import Foundation
import Lathe

enum Dashes {
    /// Refuses `-` as the name of a result.
    ///
    /// Results are files that appear whole or not at all, which a pipe cannot give.
    /// - Throws: `LatheError` (`badInput`).
    static func checkOutput(_ arguments: [String]) throws {
        let names = ["-o", "--output"]
        let isPipe = zip(arguments, arguments.dropFirst()).contains { names.contains($0) && $1 == "-" }
        guard !isPipe, !arguments.contains("-o-"), !arguments.contains("--output=-") else {
            throw LatheError(
                .badInput, "results are not written to the standard output; give a name with -o")
        }
    }

    /// The argument that the parser took for options of one letter each although it is the name of a file.
    ///
    /// `-dash.png` holds an h, which would show the help page and end well.
    /// - Parameter error: The code of what the parser threw.
    static func misread(_ arguments: some Sequence<String>, error: ExitCode) -> String? {
        let arguments = Array(arguments.prefix { $0 != "--" })
        let asks = ["-h", "--help", "-help", "--help-hidden", "help", "--version"].contains(
            where: arguments.contains)
        let clusters = arguments.filter {
            $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.count > 2 && Double($0) == nil
        }
        if error == .success { return asks ? nil : clusters.first { $0.contains("h") } }
        guard error == .validationFailure else { return nil }
        return clusters.first { FileManager.default.fileExists(atPath: $0) }
    }
}
