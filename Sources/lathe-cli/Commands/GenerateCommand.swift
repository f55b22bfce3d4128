// `lathe generate`: a picture from words, or from a picture and words.

import ArgumentParser
import Lathe

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a picture from a prompt.",
        discussion: """
            Examples:
              lathe generate --prompt "a red apple" -o apple.png
              lathe generate --prompt "a red apple" --from sketch.png --strength 0.6 -o apple.png
              lathe generate --prompt "a red apple" --control scribble:control_sd15_scribble:sketch.png -o apple.png
            """)

    @Option(help: ArgumentHelp("What to show. (word:1.3) gives a word more weight.", valueName: "text"))
    var prompt: String

    @Option(help: ArgumentHelp("A picture to start from.", valueName: "file"))
    var from: String?

    @Option(help: ArgumentHelp("How much of that picture is forgotten, above 0 up to 1.", valueName: "share"))
    var strength = 0.75

    @Option(help: ArgumentHelp("Width in pixels. Default: the model's own.", valueName: "n")) var width: Int?
    @Option(help: ArgumentHelp("Height in pixels. Default: the model's own.", valueName: "n")) var height:
        Int?

    @Option(help: ArgumentHelp("Versions to make, with a sheet of them all.", valueName: "n"))
    var count = 1

    @OptionGroup var best: BestOfOption

    @Option(help: "Seed of everything random.") var seed: UInt64 = 0

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A .png or .jpg for the picture, or a folder for it, previews and record.", valueName: "out"))
    var output: String

    @OptionGroup(title: "Editing by prompt") var change: PromptChangeOptionGroup
    @OptionGroup(title: "Diffusion") var diffusion: DiffusionOptionGroup
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        var options = GenerateOptions(prompt: prompt, models: try models.modelSet(), output: output)
        options.start = from
        options.width = width
        options.height = height
        options.seed = seed
        options.candidates = count
        options.attempts = best.attempts
        options.diffusion = diffusion.options
        options.diffusion.strength = strength
        change.apply(to: &options.diffusion)
        Interruption.listen()
        var bar = ProgressBar(console: console)
        defer { bar.finish() }
        let result = try GenerateRun.run(options) { state in
            bar.show(ProgressLine(state))
            if Interruption.isRequested {
                throw LatheError(.interrupted, "interrupted; no result was written")
            }
        }
        bar.finish()
        try console.result(json: result)
        for line in result.lines { try console.result(line) }
    }
}
