// How inpainting is judged.

import ArgumentParser
import Evaluation
import Lathe

struct InpaintingOptions: ParsableArguments {
    @Flag(help: "Judge the inpainter on pictures in place of runs.")
    var inpainting = false

    @Option(help: ArgumentHelp("Holes per picture.", valueName: "n"))
    var holes = 4

    @Flag(help: "Judge LaMa's answers as they are, without texture from what surrounds the holes.")
    var noTexture = false

    @Option(
        help: ArgumentHelp(
            "Only write pictures and holes here, for other programs to fill.", valueName: "dir"))
    var export: String?

    @Option(help: ArgumentHelp("Keep what was filled here.", valueName: "dir"))
    var results: String?

    @Option(
        name: .customLong("peer"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Another program's answers to the exported holes. Repeatable.", valueName: "name=dir"),
        transform: parsed(InpaintingEvaluation.Peer.init(parsing:), "write NAME=FOLDER"))
    var peers: [InpaintingEvaluation.Peer] = []

    func validate() throws {
        guard (1...1000).contains(holes) else { throw ValidationError("--holes must lie in 1...1000") }
        guard !inpainting || export == nil || peers.isEmpty else {
            throw ValidationError("--export only writes; score peers in a second call")
        }
    }

    func run(on pictures: [String], seed: UInt64, session: ModelSession, _ console: Console) throws {
        let evaluation = try InpaintingEvaluation(pictures: pictures, holes: holes, seed: seed)
        if let export {
            try evaluation.export(to: export)
            try console.result("holes   \(export)")
            return
        }
        Interruption.listen()
        var bar = ProgressBar(console: console)
        defer { bar.finish() }
        let scores = try evaluation.scores(
            session: session, textures: !noTexture, peers: peers, results: results
        ) { done, total in
            bar.show(ProgressLine(label: "filling holes", step: done, total: total))
            if Interruption.isRequested { throw LatheError(.interrupted, "interrupted") }
        }
        bar.finish()
        try console.result(InpaintingScore.head)
        for score in scores { try console.result(score.row) }
        try console.result(json: scores)
    }
}
