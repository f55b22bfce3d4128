// How fill and replace are judged.

import ArgumentParser
import Evaluation
import Images
import Lathe

struct PromptEvaluationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Judge fill and replace by so many held-out prompts each, in place of runs.", valueName: "n"))
    var prompts: Int?

    @Option(help: ArgumentHelp("Denoising steps of each edit.", valueName: "n"))
    var steps = DiffusionOptions().steps

    @Option(
        help: ArgumentHelp("Classifier-free guidance of each edit. Default: the model's.", valueName: "s"))
    var guidance: Float?

    @Option(
        help: ArgumentHelp("Gives back so much of the contrast that guidance takes.", valueName: "share"))
    var guidanceRescale = DiffusionOptions().guidanceRescale

    @Option(help: ArgumentHelp("Strength of the second pass of each edit.", valueName: "share"))
    var detail: Double?

    @Option(
        help: ArgumentHelp(
            "Captioner that reads the results. Default: the one that chose among them.", valueName: "dir"))
    var reader: String?

    @OptionGroup var best: BestOfOption
    @OptionGroup var ground: GroundOption

    func validate() throws {
        guard prompts.map((1...10_000).contains) ?? true else {
            throw ValidationError("--prompts must lie in 1...10000")
        }
    }

    func run(_ count: Int, seed: UInt64, session: ModelSession, sheet: String?, _ console: Console) throws {
        var diffusion = DiffusionOptions()
        (diffusion.steps, diffusion.guidance) = (steps, guidance)
        diffusion.guidanceRescale = guidanceRescale
        diffusion.detail = detail
        Interruption.listen()
        var bar = ProgressBar(console: console), pictures: [Image] = []
        defer { bar.finish() }
        let scores = try PromptEvaluation(count: count, seed: seed).scores(
            session: session, diffusion: diffusion, attempts: best.attempts,
            ground: ground.ground, reader: reader, show: { pictures += [$0, $1] }
        ) { done, total in
            bar.show(ProgressLine(label: "editing", step: done, total: total))
            if Interruption.isRequested { throw LatheError(.interrupted, "interrupted") }
        }
        bar.finish()
        if let sheet { try Image.contactSheet(pictures, columns: 8).savePNG(sheet) }
        try console.result(PromptScore.head)
        for score in scores { try console.result(score.row) }
        try console.result(json: scores)
    }
}
