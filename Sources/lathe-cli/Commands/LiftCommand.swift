// `lathe lift`: one photograph and a click into an object that turns.

public import ArgumentParser
public import Distillation
import Foundation
import Lathe

struct LiftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "Turn the object of a photograph into 3D.",
        discussion: """
            Leaves a run directory: cut-out, caption, field, film, mesh, and a report to open in a browser.
            A picture with real transparency needs no selection: what is opaque is the object.

            Example: lathe lift photo.jpg --point 320,240 --preset draft
            """)

    @Argument(
        help: ArgumentHelp(
            "A PNG or JPEG, or a folder with scene.yaml; with --resume also a run directory.", valueName: "in"
        ))
    var input: String

    @OptionGroup(title: "Selection") var selection: SelectionOptions

    @Option(
        help: ArgumentHelp("What the object is; auto: the captioner looks.", valueName: "text|auto"))
    var prompt = "auto"

    @Option(help: ArgumentHelp("How much work is spent.", valueName: "draft|standard|fine"))
    var preset: LiftOptions.Preset = .standard

    @Option(
        help: ArgumentHelp("Seed of everything random; the same seed gives the same bytes.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            """
            Mirror symmetry: auto looks for the plane; x exchanges left and right of the photograph; degrees turn that \
            plane to the right; 90, for things seen from the side, exchanges front and back.
            """,
            valueName: "auto|off|x|degrees"))
    var symmetry = SymmetryChoice.auto

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Change one setting of the lift. Repeatable.", valueName: "key=value"))
    var settings: [String] = []

    @Option(help: ArgumentHelp("Cells along each side when the mesh is extracted.", valueName: "n"))
    var resolution: Int?

    @Option(help: ArgumentHelp("Simplify the mesh to at most so many faces.", valueName: "n"))
    var faces: Int?

    @Option(
        help: ArgumentHelp(
            "Side of the picture laid over the mesh; 0 colours the vertices.", valueName: "texels"))
    var texture: Int?

    @OptionGroup(title: "Film") var film: FilmOptionGroup
    @OptionGroup(title: "Models") var models: ModelOptions

    @Flag(help: "Show the stages with their estimated times and stop.")
    var plan = false

    @Flag(help: "Go on with a run that was interrupted, to the same result.")
    var resume = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The run directory. Default: Renders/<name of the input>.", valueName: "dir"))
    var output: String?

    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        let searchPath = Helper.searchPath
        if plan {
            let plan = try Lift.plan(try options())
            try console.result(json: plan)
            for line in plan.lines { try console.result(line) }
            return
        }
        Interruption.listen()
        let lift = try opened(console, searchPath: searchPath)
        var bar = ProgressBar(console: console)
        do {
            while let state = try lift.next() {
                bar.show(ProgressLine(state))
                guard Interruption.isRequested, !lift.isFinished else { continue }
                let folder = try lift.stop()
                throw LatheError(
                    .interrupted,
                    folder.map { "interrupted; the work is kept, go on with: lathe lift \($0) --resume" }
                        ?? "interrupted before there was anything to keep")
            }
        } catch {
            bar.finish()
            throw error
        }
        let result = try lift.result()
        try console.result(json: result)
        for line in result.lines { try console.result(line) }
    }

    /// The lift that is asked for: a fresh one, or the unfinished one in its folder.
    private func opened(_ console: Console, searchPath: [String]) throws -> Lift {
        if FileManager.default.fileExists(atPath: "\(input)/run.json") {
            guard resume else {
                throw LatheError(
                    .badInput,
                    "\(input) is a run; go on with it by --resume, film it with lathe turntable, or take its mesh with"
                        + " lathe mesh")
            }
            if let option = optionsBesideResume.first {
                throw LatheError(
                    .badInput,
                    "--resume goes on with the options of the run; leave out \(option), or begin another run")
            }
            return try Lift(resuming: input, searchPath: searchPath)
        }
        let options = try options()
        guard try Lift.goesOn(options, resumes: resume) else {
            return try Lift(options, searchPath: searchPath)
        }
        if !resume {
            console.note("\(options.output) holds an unfinished run of this picture; going on with it")
        }
        return try Lift(resuming: options.output, searchPath: searchPath)
    }

    /// Options on the command line that say how a run is made.
    private var optionsBesideResume: [String] {
        let general: Set = ["--resume", "--threads", "--json", "--quiet", "--config", "--tier", "--output"]
        return CommandLine.arguments.dropFirst().prefix { $0 != "--" }
            .filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
            .filter { !general.contains($0) }
    }

    // MARK: Resolution of what was typed

    private func options() throws -> LiftOptions {
        let source = try InputPicture.find(input)
        var mesh = MeshOptions(for: preset)
        mesh.resolution = resolution ?? mesh.resolution
        mesh.texture = texture ?? mesh.texture
        mesh.faces = faces ?? mesh.faces
        try mesh.validate()
        let selection = selection.selection
        return LiftOptions(
            picture: source.picture,
            selection: selection.isEmpty ? selection.pointing(atWhat: source.selection) : selection,
            prompt: prompt == "auto" ? .auto : .text(prompt),
            preset: preset, seed: seed, symmetry: symmetry, models: try models.modelSet(),
            output: output ?? "Renders/\(source.name)",
            settings: try parsedSettings(), film: try film.film(for: preset), mesh: mesh)
    }

    private func parsedSettings() throws -> [String: String] {
        var result: [String: String] = [:]
        for setting in settings {
            guard let mark = setting.firstIndex(of: "="), mark != setting.startIndex else {
                throw LatheError(.badInput, "--set \(setting) is no setting; write --set key=value")
            }
            result[String(setting[..<mark])] = String(setting[setting.index(after: mark)...])
        }
        return result
    }
}

extension LiftOptions.Preset: ExpressibleByArgument {}

extension SymmetryChoice: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String {
        switch self {
        case .auto: "auto"
        case .off: "off"
        case .plane(let azimuth): "\(azimuth)"
        }
    }
}
