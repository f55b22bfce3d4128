// `lathe turntable`: films a run, a field or a mesh.

import ArgumentParser
import Foundation
import Lathe

struct TurntableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turntable",
        abstract: "Film one turn round an object.",
        discussion: """
            Example: lathe turntable Renders/cup --channels rgb,normal -o cup.gif
            """)

    @Argument(help: ArgumentHelp("A run directory, a field.safetensors or a .glb mesh.", valueName: "what"))
    var subject: String

    @OptionGroup(title: "Film") var film: FilmOptionGroup

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A .gif, an .mp4 (needs ffmpeg), a .png with all frames, or a folder for the frames.",
            valueName: "out"))
    var output: String?

    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        Interruption.listen()
        var bar = ProgressBar(console: console)
        let written = try Turntable.run(
            subject, film: try film.film(for: .standard), output: output, searchPath: Helper.searchPath
        ) { state in
            bar.show(ProgressLine(state, isOneOfAll: false))
            if Interruption.isRequested { throw LatheError(.interrupted, "interrupted; nothing was written") }
        }
        for text in written.notes { console.note(text) }
        try console.result(json: written)
        try console.result("film    \(written.film)")
    }
}
