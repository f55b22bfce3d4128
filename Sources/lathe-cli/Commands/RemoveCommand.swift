// `lathe remove`: take an object out of a picture.

public import ArgumentParser
public import Lathe

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take an object out of a picture.",
        discussion: """
            LaMa continues what surrounds the object. The hole is somewhat larger than the object, and more so at its foot,
            where its shadow lies; --grow sets how much. Where LaMa's answer is softer than what surrounds it, texture is taken
            from there. Every pixel outside the hole stays as it is.

            Example: lathe remove photo.jpg --point 320,240 --check -o without.png
            """)

    @Argument(help: ArgumentHelp("A PNG or JPEG, or a folder with scene.yaml.", valueName: "in"))
    var input: String

    @OptionGroup(title: "Selection") var selection: SelectionOptions
    @OptionGroup(title: "Edit") var edit: EditOptionGroup

    @Option(help: ArgumentHelp("The model that fills the hole.", valueName: "lama|diffusion"))
    var with: EditMethod = .lama

    @Flag(help: "Refine LaMa's answer from coarse to fine: slower, better in large holes.")
    var refine = false

    @Flag(help: "Leave LaMa's answer as it is, without texture from what surrounds the hole.")
    var noTexture = false

    @Flag(help: "Keep the hole no larger at the object's foot.") var noShadow = false

    @Flag(
        help:
            "Select again at the old place and say whether an edge is found there; it errs often, look, too.")
    var check = false

    @OptionGroup(title: "Diffusion") var diffusion: DiffusionOptionGroup
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        var options = try edit.options(.remove, input, selection, prompt: nil, models)
        options.method = with
        options.refines = refine
        options.textures = !noTexture
        options.allowsForShadow = !noShadow
        options.checks = check
        options.diffusion = diffusion.options
        try perform(options, console)
    }
}

extension EditMethod: ExpressibleByArgument {}
