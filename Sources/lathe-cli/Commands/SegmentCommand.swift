// `lathe segment`: cut one object out of a picture.

import ArgumentParser
import Lathe

struct SegmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Cut an object out of a picture.",
        discussion: """
            Writes mask.png, object.png (transparent round the object) and overlay.png. After a single click or box, loose
            pieces of less than an eighth of the object and pinholes are dropped.

            Example: lathe segment photo.jpg --point 320,240 -o cut
            """)

    @Argument(help: ArgumentHelp("A PNG or JPEG, or a folder with scene.yaml.", valueName: "in"))
    var input: String

    @OptionGroup(title: "Selection") var selection: SelectionOptions

    @Flag(help: "Also write the segmenter's three answers: mask_0.png, mask_1.png, mask_2.png.")
    var all = false

    @OptionGroup(title: "Models") var models: ModelOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Where the pictures go.", valueName: "dir"))
    var output: String

    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        let source = try InputPicture.find(input)
        let asked = selection.selection
        let result = try Segment.run(
            picture: source.picture,
            selection: asked.isEmpty ? asked.pointing(atWhat: source.selection) : asked,
            session: try models.session(), allMasks: all, output: output)
        for text in result.notes { console.note(text) }
        try console.result(json: result)
        for line in result.lines { try console.result(line) }
    }
}
