// `lathe evaluate`: runs against the truth of their scenes.

import ArgumentParser
import Evaluation
import Foundation
import Images
import Lathe

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Compare runs with the truth of their scenes.",
        discussion: """
            Prints, per scene, the front view against the photograph (PSNR inside the mask) and twelve views never
            shown (silhouette IoU, PSNR), beside what three simple guesses reach: the silhouette pushed through, the
            mean of training objects, and the training object that looks most alike.

            With --inpainting the arguments are pictures: holes in the shape of toys are cut into them where the truth is
            known, filled, and compared with it (PSNR, SSIM, and a perceptual distance, all inside the holes). --export
            writes the pictures with their holes for other programs, whose answers --peer scores beside ours.

            With --prompts there are no arguments: toys and surroundings of held-out pictures are exchanged as held-out prompts say,
            and the captioner is asked what it sees.

            Examples:
              lathe evaluate Renders/* --require novel-iou=0.78
              lathe evaluate --inpainting photos --export holes && python telea.py holes telea
              lathe evaluate --inpainting photos --peer telea=telea
              lathe evaluate --prompts 50 --sheet edits.png
            """)

    @Argument(
        help: ArgumentHelp(
            "Run directories, or scene folders whose runs lie in Renders; pictures with --inpainting.",
            valueName: "run|scene|picture"))
    var runs: [String] = []

    @Option(
        help: ArgumentHelp(
            "Fail with exit code 4 if a score of any run is below a bound. Repeatable. Names: "
                + Requirement.names.joined(separator: ", ") + ".",
            valueName: "name=value"),
        transform: parsed(Requirement.init(parsing:), "write name=value with a name from the help"))
    var require: [Requirement] = []

    @Option(
        help: ArgumentHelp(
            "Write a picture: per run a row of the true views over a row of the lift's.", valueName: "png"))
    var sheet: String?

    @Option(help: "Seed of the holes, or of the prompts.") var seed: UInt64 = 0

    @OptionGroup(title: "Inpainting") var inpainting: InpaintingOptions
    @OptionGroup(title: "Prompts") var prompts: PromptEvaluationOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func validate() throws {
        guard prompts.prompts != nil || !runs.isEmpty else {
            throw ValidationError("name what is to be judged: runs, scenes, or pictures with --inpainting")
        }
        guard prompts.prompts == nil || (runs.isEmpty && !inpainting.inpainting) else {
            throw ValidationError("--prompts makes its own pictures: leave the others out")
        }
    }

    func run() throws {
        let console = try common.start()
        if let count = prompts.prompts {
            try prompts.run(count, seed: seed, session: try models.session(), sheet: sheet, console)
            return
        }
        guard !inpainting.inpainting else {
            try inpainting.run(on: runs, seed: seed, session: try models.session(), console)
            return
        }
        var evaluations: [LiftEvaluation] = []
        var pictures: [Image] = []
        for path in runs {
            let pair = try LiftAndTruth(run: runDirectory(path))
            let evaluation = try LiftEvaluation.evaluate(pair)
            if evaluations.isEmpty { try console.result(LiftEvaluation.head) }
            evaluations.append(evaluation)
            try console.result(evaluation.row)
            if sheet != nil { pictures += pair.pictures() }
        }
        if let sheet {
            try Image.contactSheet(pictures, columns: pictures.count / (2 * runs.count)).savePNG(sheet)
        }
        try console.result(json: evaluations)
        let failures = evaluations.flatMap { evaluation in require.compactMap { $0.failure(in: evaluation) } }
        if !failures.isEmpty {
            throw LatheError(.guaranteeFailed, "\(failures.joined(separator: "; "))")
        }
    }

    /// A scene stands for the run that `lathe lift` leaves for it.
    private func runDirectory(_ path: String) -> String {
        guard FileManager.default.fileExists(atPath: "\(path)/scene.yaml") else { return path }
        return "Renders/\(URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent)"
    }
}
