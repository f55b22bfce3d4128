// Options of every command that does work.

import ArgumentParser
import Arrays
import Foundation
import Lathe

struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads to use; default all cores.", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print results and errors as JSON on the standard output.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print no progress.")
    var quiet = false

    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "A YAML file of option values, by their long names; what is given on the command line wins.",
            valueName: "file"))
    var configurationFile: String?

    @Option(
        help: ArgumentHelp(
            "Instruction sets to use: \(KernelTier.allCases.map { "\($0)" }.joined(separator: ", ")). Default: the best here.",
            valueName: "name"),
        transform: parsed(
            KernelTier.init(name:),
            "choose from \(KernelTier.allCases.map { "\($0)" }.joined(separator: ", "))"))
    var tier: KernelTier?

    func validate() throws {
        if let tier, tier > .detected {
            throw ValidationError(
                "--tier \(tier) is more than this processor has; it has \(KernelTier.detected)")
        }
        if tier == nil { _ = try namedTier }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads \(threads) is out of range; use 1 to 1024")
        }
    }

    /// The environment variable that names instruction sets, where no option does.
    private static let tierVariable = "LATHE_TIER"

    /// The instruction sets that the environment names.
    private var namedTier: KernelTier? {
        get throws {
            guard let name = ProcessInfo.processInfo.environment[Self.tierVariable] else { return nil }
            guard let tier = KernelTier(name: name), tier <= .detected else {
                throw ValidationError(
                    "\(Self.tierVariable)=\(name) names no instruction sets of this processor; it has \(KernelTier.detected)"
                )
            }
            return tier
        }
    }

    /// Puts the options that concern the whole process into force.
    func start() throws -> Console {
        try OutOfMemory.check()
        if let threads { Threads.setLimit(threads) }
        if let tier = try tier ?? namedTier { try KernelTier.select(tier) }
        return Console(isQuiet: quiet || json, isJSON: json)
    }
}
