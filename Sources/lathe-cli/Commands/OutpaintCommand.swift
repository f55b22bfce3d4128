// `lathe outpaint`: grow a picture at its edges.

import ArgumentParser
import Foundation
import Lathe

struct OutpaintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outpaint",
        abstract: "Grow a picture at its edges.",
        discussion: """
            The picture's own pixels stay as they are. Without --prompt the captioner describes the picture.

            Examples:
              lathe outpaint photo.jpg --left 128 --right 128 -o wide.png
              lathe outpaint photo.jpg --aspect 16:9 --prompt "a beach under a blue sky" -o cinema.png
            """)

    @Argument(help: ArgumentHelp("A PNG or JPEG, or a folder with scene.yaml.", valueName: "in"))
    var input: String

    @Option(help: ArgumentHelp("Pixels to add at the left.", valueName: "n")) var left = 0
    @Option(help: ArgumentHelp("Pixels to add at the top.", valueName: "n")) var top = 0
    @Option(help: ArgumentHelp("Pixels to add at the right.", valueName: "n")) var right = 0
    @Option(help: ArgumentHelp("Pixels to add at the bottom.", valueName: "n")) var bottom = 0

    @Option(
        help: ArgumentHelp("Add what is missing to this ratio of width to height.", valueName: "w:h"),
        transform: parsed(OutpaintCommand.ratio, "use a ratio such as 16:9 or 1.78"))
    var aspect: Double?

    @Option(help: ArgumentHelp("What the picture shows.", valueName: "text"))
    var prompt: String?

    @Option(help: ArgumentHelp("The model that fills the new parts.", valueName: "lama|diffusion"))
    var with: EditMethod = .diffusion

    @Option(help: "Seed of everything random.") var seed: UInt64 = 0

    @Flag(help: "Leave the picture's date, camera and place out of the result.")
    var noMetadata = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A .png or .jpg for the result, or a folder for the result, mask, previews and record.",
            valueName: "out"))
    var output: String

    @OptionGroup(title: "Versions") var versions: VersionOptions
    @OptionGroup(title: "Diffusion") var diffusion: DiffusionOptionGroup
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func validate() throws {
        if aspect != nil, left != 0 || top != 0 || right != 0 || bottom != 0 {
            throw ValidationError("--aspect excludes --left, --top, --right and --bottom")
        }
    }

    func run() throws {
        let console = try common.start()
        let source = try InputPicture.find(input)
        var options = EditOptions(
            task: .outpaint, picture: source.picture,
            objects: prompt.map { [EditObject(selection: Selection(), prompt: $0)] } ?? [],
            models: try models.modelSet(), output: output)
        options.margins = EditMargins(left: left, top: top, right: right, bottom: bottom)
        if let aspect { options.margins = try .reaching(aspect, for: source.picture) }
        options.method = with
        options.seed = seed
        options.dropsMetadata = noMetadata ? true : nil
        options.diffusion = diffusion.options
        versions.apply(to: &options)
        try perform(options, console)
    }

    private static func ratio(_ text: String) -> Double? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard (1...2).contains(parts.count), let first = parts[0] else { return nil }
        let second = parts.count == 2 ? parts[1] : 1
        guard let second, first > 0, second > 0, (0.01...100).contains(first / second) else { return nil }
        return first / second
    }
}
