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
        for line in report.lines { try console.result(line) }
    }
}
