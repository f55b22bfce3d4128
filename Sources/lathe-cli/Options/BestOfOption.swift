// How many tries the captioner chooses among.

import ArgumentParser

struct BestOfOption: ParsableArguments {
    @Option(
        name: .customLong("best-of"),
        help: ArgumentHelp(
            "Make each picture, or fill each hole, so many times and keep what the captioner finds likeliest to show the prompt.",
            valueName: "n"))
    var attempts = 1

    func validate() throws {
        guard (1...64).contains(attempts) else { throw ValidationError("--best-of must lie in 1...64") }
    }
}
