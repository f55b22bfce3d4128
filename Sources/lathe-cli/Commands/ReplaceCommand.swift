// `lathe replace`: put an object somewhere else.

import ArgumentParser
import Lathe

struct ReplaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Keep an object and replace everything round it by what a prompt says.",
        discussion: """
            The object's pixels stay as they are. Without --prompt the captioner describes the picture.

            Example: lathe replace photo.jpg --point 320,240 --prompt "on grass under a blue sky" -o meadow.png
            """)

    @Argument(help: ArgumentHelp("A PNG or JPEG, or a folder with scene.yaml.", valueName: "in"))
    var input: String

    @OptionGroup(title: "Selection") var selection: SelectionOptions

    @Option(help: ArgumentHelp("What should surround the object.", valueName: "text"))
    var prompt: String?

    @Option(
        help: ArgumentHelp("How much of what was there is forgotten, above 0 up to 1.", valueName: "share"))
    var strength = 1.0

    @OptionGroup(title: "Edit") var edit: EditOptionGroup
    @OptionGroup(title: "Versions") var versions: VersionOptions
    @OptionGroup(title: "Diffusion") var diffusion: DiffusionOptionGroup
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        var options = try edit.options(.replace, input, selection, prompt: prompt, models)
        options.diffusion = diffusion.options
        options.diffusion.strength = strength
        versions.apply(to: &options)
        try perform(options, console)
    }
}
