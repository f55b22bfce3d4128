// `lathe doctor`: what this machine offers and what is missing.

import ArgumentParser
import Foundation
import Lathe

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Show what this machine offers and what is missing.")

    @OptionGroup var models: ModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let console = try common.start()
        let report = Doctor.examine(models: try models.modelSet(), searchPath: Helper.searchPath)
        try console.result(json: report)
        for line in lines(of: report) { try console.result(line) }
    }

    /// What was found, a line each.
    private func lines(of report: Doctor) -> [String] {
        let machine = report.machine
        return [
            "lathe \(report.version) on \(machine.system)",
            "processor tier    \(machine.cpuTier)",
            "OpenBLAS core     \(machine.openBLASCore)",
            "threads           \(machine.threads)",
            "ffmpeg            \(report.ffmpeg ?? "not found: films are GIF and PNG only; install ffmpeg for .mp4")",
        ]
            + ModelSet.Part.allCases.map { part in
                let name = part.rawValue.padding(toLength: 17, withPad: " ", startingAt: 0)
                return "\(name) \(report.models[part.rawValue] ?? missing(part))"
            }
    }
}

/// What the program says of a part without a model.
func missing(_ part: ModelSet.Part) -> String {
    "missing: give a folder with \(OptionName.models.flag) or \(part.option.flag)"
}
