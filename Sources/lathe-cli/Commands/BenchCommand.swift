// `lathe bench`: how fast the networks run here.

import ArgumentParser
import Arrays
import Bench
import Foundation
import Lathe

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time networks of published sizes, the field and whole jobs on this machine.",
        discussion: """
            Networks have published sizes and random weights, since time does not depend on the numbers, but for those that --segmenter,
            --captioner, --inpainter, --diffusion or --models give; inputs are random. First the kernels in use are compared with
            their references. Prints the median and the minimum of several runs, the operations per second at the median (of
            published sizes), and the most memory held.

            Workloads:
            \((Workload.all + [.lift(models: ModelSet(root: nil))]).map { "  \($0.name.padding(toLength: 26, withPad: " ", startingAt: 0))\($0.summary)" }
                .joined(separator: "\n"))

            Examples:
              lathe bench unet vae-decode
              lathe bench sam-encoder sam-decoder --segmenter sam_vit_h_4b8939.pth --precision bf16
              lathe bench --rounds 5 --json > here.json
            """)

    @Argument(
        help: ArgumentHelp("What to time. Default: everything.", valueName: "workload"))
    var workloads: [String] = []

    @Option(help: ArgumentHelp("Timed runs of each. Default: 3, more of short ones.", valueName: "n"))
    var rounds: Int?

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "General") var common: CommonOptions

    func validate() throws {
        guard rounds.map((1...1000).contains) ?? true else {
            throw ValidationError("--rounds must lie in 1...1000")
        }
        let known = known(ModelSet(root: nil)).map(\.name)
        for name in workloads where !known.contains(name) {
            throw ValidationError("there is no workload '\(name)'; choose from the list in the help")
        }
    }

    func run() throws {
        let console = try common.start()
        Interruption.listen()
        let chosen = try chosen()
        let networks = Networks(try models.modelSet(), given: try models.given())
        try check(console)
        var bar = ProgressBar(console: console), timings: [Timing] = []
        defer { bar.finish() }
        try console.result(Timing.head)
        for workload in chosen {
            let timing = try Timing.of(workload, on: networks, rounds: rounds) { done, total in
                bar.show(ProgressLine(label: workload.name, step: done, total: total))
                if Interruption.isRequested { throw LatheError(.interrupted, "interrupted") }
            }
            bar.finish()
            try console.result(timing.row)
            timings.append(timing)
        }
        try console.result(json: timings)
    }

    private func known(_ models: ModelSet) -> [Workload] { Workload.all + [.lift(models: models)] }

    private func chosen() throws -> [Workload] {
        let all = known(try models.modelSet())
        return workloads.isEmpty ? all : workloads.compactMap { name in all.first { $0.name == name } }
    }

    /// What is wrong may well be fast: kernels first.
    private func check(_ console: Console) throws {
        let checks = try KernelCheck.all(models.precision)
        for check in checks where !check.holds {
            throw LatheError(
                .guaranteeFailed,
                """
                the kernel '\(check.kernel)' in tier \(KernelTier.selected) is off by \(check.error) of its result, more \
                than the \(check.tolerance) that rounding explains; choose another tier with --tier
                """)
        }
        let worst = checks.map { $0.error / $0.tolerance }.max() ?? 0
        try console.result(
            "processor tier \(KernelTier.selected), threads \(Threads.limit); \(checks.count) kernels agree with their "
                + "references within \(String(format: "%.2f", worst)) of what rounding explains\n")
    }
}
