// `lathe mesh`: extracts the mesh of a run.

import ArgumentParser
import Lathe

struct MeshCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mesh",
        abstract: "Extract a closed, coloured mesh from a run.",
        discussion: """
            Example: lathe mesh Renders/cup --resolution 192 -o cup.obj
            """)

    @Argument(help: ArgumentHelp("A run directory or a field.safetensors.", valueName: "run"))
    var source: String

    @Option(help: ArgumentHelp("Cells along each side of the grid.", valueName: "n"))
    var resolution = 128

    @Option(help: ArgumentHelp("Simplify to at most so many faces.", valueName: "n"))
    var faces: Int?

    @Option(name: .shortAndLong, help: ArgumentHelp("A name ending in .glb, .obj or .ply.", valueName: "out"))
    var output: String

    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = common.start()
        let result = try MeshRun.run(
            source, options: MeshOptions(resolution: resolution), faces: faces, output: output)
        try console.result(json: result)
        for line in result.lines { try console.result(line) }
    }
}
