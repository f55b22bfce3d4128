// `lathe caption`: say what a picture, or one object of it, shows.

import ArgumentParser
import Lathe

struct CaptionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caption",
        abstract: "Describe a picture or one object of it.",
        discussion: """
            Example: lathe caption photo.jpg --mask cut/mask.png
            """)

    @Argument(help: ArgumentHelp("A PNG or JPEG, or a folder with scene.yaml.", valueName: "in"))
    var input: String

    @Option(help: ArgumentHelp("Describe only what this mask selects.", valueName: "file"))
    var mask: String?

    @Option(help: ArgumentHelp("Width of the beam search.", valueName: "n"))
    var beams: Int?

    @Option(
        name: [.customLong("count"), .customLong("sample")],
        help: ArgumentHelp("Draw this many captions at random instead.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Share of the probability that draws choose from.", valueName: "p"))
    var topP: Float?

    @Option(help: ArgumentHelp("Seed of the draws.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func validate() throws {
        if let beams, !(1...20).contains(beams) {
            throw ValidationError("--beams \(beams) is out of range; use 1 to 20")
        }
        if let count, !(1...100).contains(count) {
            throw ValidationError("--count \(count) is out of range; use 1 to 100")
        }
        if let topP, !(topP > 0 && topP <= 1) {
            throw ValidationError("--top-p is out of range; use more than 0 and at most 1")
        }
        if beams != nil, count != nil { throw ValidationError("--beams and --count exclude each other") }
        if topP != nil, count == nil { throw ValidationError("--top-p needs --count") }
    }

    func run() throws {
        let console = try common.start()
        let search: CaptionSearch =
            count.map { .sampling(count: $0, topP: topP ?? 0.9, seed: seed) } ?? .beams(beams ?? 3)
        let captions = try Captioning.run(
            picture: try InputPicture.find(input).picture, maskPath: mask, search: search,
            session: try models.session())
        try console.result(json: ["captions": captions])
        for caption in captions { try console.result(caption) }
    }
}
