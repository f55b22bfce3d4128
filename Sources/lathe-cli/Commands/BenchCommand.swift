// `lathe bench`: how fast the networks run here.

import ArgumentParser
import Arrays
import Bench
import Foundation
import Lathe

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time networks of published sizes on this machine.",
        discussion: """
            Weights and inputs are random: time does not depend on them. Prints the median and the minimum of several runs, the
            operations per second at the median, and the most memory held.

            Workloads:
            \(Workload.all.map { "  \($0.name.padding(toLength: 26, withPad: " ", startingAt: 0))\($0.summary)" }
                .joined(separator: "\n"))

            Examples:
              lathe bench unet vae-decode
              lathe bench --rounds 5 --json > here.json
            """)

    @Argument(
        help: ArgumentHelp("What to time. Default: everything.", valueName: "workload"),
        transform: parsed(Workload.named, "choose from the list in the help"))
    var workloads: [Workload] = []

    @Option(help: ArgumentHelp("Timed runs of each. Default: 3, more of short ones.", valueName: "n"))
    var rounds: Int?

    @Option(
        help: ArgumentHelp(
            "What products with weights multiply: f32, or bf16 for half the memory. Default: f32.",
            valueName: "numbers"),
        transform: parsed(Precision.init(rawValue:), "choose f32 or bf16"))
    var precision: Precision = .float32

    @OptionGroup(title: "General") var common: CommonOptions

    func validate() throws {
        guard rounds.map((1...1000).contains) ?? true else {
            throw ValidationError("--rounds must lie in 1...1000")
        }
    }

    func run() throws {
        let console = common.start()
        Interruption.listen()
        var bar = ProgressBar(console: console), timings: [Timing] = []
        defer { bar.finish() }
        try console.result(
            "processor tier \(KernelTier.selected), threads \(Threads.limit)\n\n" + Timing.head)
        for workload in workloads.isEmpty ? Workload.all : workloads {
            let timing = try Timing.of(workload, precision: precision, rounds: rounds) { done, total in
                bar.show(ProgressLine(label: workload.name, step: done, total: total))
                if Interruption.isRequested { throw LatheError(.interrupted, "interrupted") }
            }
            bar.finish()
            try console.result(timing.row)
            timings.append(timing)
        }
        try console.result(json: timings)
    }
}
