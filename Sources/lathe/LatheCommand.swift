// The entry point and root command: names the tool, its build and its subcommands.

import ArgumentParser
import Lathe
import LatheCommands
import Revision

@main struct LatheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lathe",
        abstract: "Lift one photograph into 3D.",
        discussion: """
            Example: lathe lift photo.jpg --point 320,240

            Exit codes: 0 done, 2 bad use or bad input, 3 a model is missing or unusable,
            4 a check of the result failed, 130 interrupted with the work kept.
            """,
        version: "lathe \(LatheVersion.current)" + (Revision.description.map { " (\($0))" } ?? ""),
        subcommands: LatheProgram.commands)

    static func main() { LatheProgram.main(LatheCommand.self) }
}
