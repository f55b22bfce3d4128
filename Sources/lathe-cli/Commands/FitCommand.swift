// `lathe fit`: a field from many pictures with known cameras.

import ArgumentParser
import Lathe
import Radiance

struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fit a field to pictures with known cameras.",
        discussion: """
            The folder holds transforms_train.json (and transforms_test.json to be judged by) as NeRF-synthetic and
            instant-ngp write them, and the pictures they name.
            Example: lathe fit lego -o Renders/lego
            """)

    @Argument(help: ArgumentHelp("The folder with transforms_train.json.", valueName: "folder"))
    var folder: String

    @Option(help: ArgumentHelp("Steps to take.", valueName: "n"))
    var steps = 1500

    @Option(help: ArgumentHelp("Rays per step.", valueName: "n"))
    var rays = 4096

    @Option(
        help: ArgumentHelp("Half the side of the cube that holds the scene, world units.", valueName: "x"))
    var bound: Float = 1.5

    @Option(help: "Seed of everything random.") var seed: UInt64 = 0
    @Flag(help: "Go on with the run in the output directory.") var resume = false

    @Option(name: .shortAndLong, help: ArgumentHelp("The run directory.", valueName: "dir"))
    var output: String

    @OptionGroup(title: "General") var common: CommonOptions

    func run() throws {
        let console = try common.start()
        var configuration = FitConfiguration(steps: steps, raysPerStep: rays, seed: seed)
        configuration.field.bound = bound
        Interruption.listen()
        let result = try FitRun.run(
            configuration, folder: folder, output: output, resume: resume,
            progress: { state in
                if Interruption.isRequested, state.step < state.total {
                    throw LatheError(
                        .interrupted,
                        "interrupted; the work is kept, go on with the same command and --resume")
                }
                guard state.step % 100 == 0 || state.step == state.total else { return }
                console.note("step \(state.step) of \(state.total), loss \(state.loss)")
            }, note: console.note)
        try console.result(json: result)
        for line in result.lines { try console.result(line) }
    }
}
