// How many tries the captioner chooses among.

import ArgumentParser

struct BestOfOption: ParsableArguments {
    @Option(
        name: .customLong("best-of"),
        help: ArgumentHelp(
            "Make each picture, or fill each hole, so many times and keep what the captioner finds likeliest to show the prompt. "
                + "Default: 1, or 8 for a model of less than 256 pixels.",
            valueName: "n"))
    var attempts: Int?

    func validate() throws {
        guard attempts.map((1...64).contains) ?? true else {
            throw ValidationError("--best-of must lie in 1...64")
        }
    }
}
