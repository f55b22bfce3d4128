// The root command: names the tool and lists its subcommands.

import ArgumentParser

@main
struct LatheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lathe",
        abstract: "Lift one photograph into 3D.")
}
