// `lathe fill`: put something else in an object's place.

import ArgumentParser
import Lathe

struct FillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill",
        abstract: "Put what a prompt says in an object's place.",
        discussion: """
            Every pixel outside the hole stays as it is; --grow sets how far the hole reaches beyond the object.

            Examples:
              lathe fill photo.jpg --point 320,240 --prompt "a red apple" -o apple.png
              lathe fill photo.jpg --point 320,240 --prompt "a green apple" --instead-of "a red apple" -o green.png
              lathe fill photo.jpg --object "320,240: a red apple" --object "40,30,200,180: a green frog" -o both.png
            """)

    @Argument(help: ArgumentHelp("A PNG or JPEG, or a folder with scene.yaml.", valueName: "in"))
    var input: String

    @OptionGroup(title: "Selection") var selection: SelectionOptions

    @Option(
        help: ArgumentHelp("What should be there. (word:1.3) gives a word more weight.", valueName: "text"))
    var prompt: String?

    @Option(
        help: ArgumentHelp("How much of what was there is forgotten, above 0 up to 1.", valueName: "share"))
    var strength = 1.0

    @OptionGroup var ground: GroundOption
    @OptionGroup(title: "Edit") var edit: EditOptionGroup
    @OptionGroup(title: "Versions") var versions: VersionOptions
    @OptionGroup(title: "Editing by prompt") var change: PromptChangeOptionGroup
    @OptionGroup(title: "Diffusion") var diffusion: DiffusionOptionGroup
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        var options = try edit.options(.fill, input, selection, prompt: prompt, models)
        options.diffusion = diffusion.options
        options.diffusion.strength = strength
        options.ground = ground.ground
        versions.apply(to: &options)
        change.apply(to: &options.diffusion)
        try perform(options, console)
    }
}

/// How many versions are made, and how sharp.
struct VersionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Versions to make, with a sheet of them all.", valueName: "n"))
    var count = 1

    @OptionGroup var best: BestOfOption

    @Option(
        help: ArgumentHelp(
            "Strength of the second pass at the picture's own resolution, where the model's is lower; 0 for none. "
                + "Default: 0.35, or none for a model of less than 256 pixels.",
            valueName: "share"))
    var detail: Double?

    func apply(to options: inout EditOptions) {
        options.candidates = count
        options.attempts = best.attempts
        options.diffusion.detail = detail
    }
}
