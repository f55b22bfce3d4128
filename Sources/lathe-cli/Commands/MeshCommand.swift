// `lathe mesh`: extracts the mesh of a run.

import ArgumentParser
import Lathe

struct MeshCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mesh",
        abstract: "Extract a coloured mesh from a run.",
        discussion: """
            Example: lathe mesh Renders/cup --resolution 192 --texture 2048 -o cup.glb
            """)

    @Argument(help: ArgumentHelp("A run directory or a field.safetensors.", valueName: "run"))
    var source: String

    @Option(help: ArgumentHelp("Cells along each side of the grid.", valueName: "n"))
    var resolution = 128

    @Option(
        help: ArgumentHelp(
            "Simplify to at most so many faces. Default: 20000 under a picture, else all.", valueName: "n"))
    var faces: Int?

    @Option(
        help: ArgumentHelp(
            "Side of the picture laid over a .glb; 0 colours the vertices. Default: 1024 for .glb, else 0.",
            valueName: "texels"))
    var texture: Int?

    @Option(name: .shortAndLong, help: ArgumentHelp("A name ending in .glb, .obj or .ply.", valueName: "out"))
    var output: String

    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        // With a picture, as the standard preset has it; formats without one keep all faces and colour the vertices.
        let standard = MeshOptions(for: .standard)
        let texels = texture ?? (output.lowercased().hasSuffix(".glb") ? standard.texture : 0)
        let options = MeshOptions(
            resolution: resolution, faces: faces ?? (texels > 0 ? standard.faces : nil), texture: texels)
        let result = try MeshRun.run(source, options: options, output: output)
        try console.result(json: result)
        for line in result.lines { try console.result(line) }
    }
}
