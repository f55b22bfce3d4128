// Options of every command that does work.

import ArgumentParser
import Arrays
import Foundation
import Lathe

struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads to use; default all cores.", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print results and errors as JSON on the standard output.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print no progress.")
    var quiet = false

    @Option(
        name: .customShort("c"),
        help: ArgumentHelp(
            "A YAML file of option values, by their long names; what is given on the command line wins.",
            valueName: "file"))
    var configurationFile: String?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads \(threads) is out of range; use 1 to 1024")
        }
    }

    /// Puts the options that concern the whole process into force.
    func start() -> Console {
        if let threads { Threads.setLimit(threads) }
        return Console(isQuiet: quiet || json, isJSON: json)
    }
}
