// `lathe models`: which models are found, and what a model file holds.

import ArgumentParser
import Lathe

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show the models found, or what one holds.",
        subcommands: [ModelsListCommand.self, ModelsInspectCommand.self])
}

struct ModelsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the model folders in use and their sizes.")

    @OptionGroup var models: ModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let console = common.start()
        let set = try models.modelSet()
        var found: [String: ModelInspection] = [:]
        for part in ModelSet.Part.allCases {
            let name = padded(part.rawValue, 12)
            guard set.has(part), let folder = set.path(of: part) else {
                try console.result("\(name) missing: give a folder with --models or \(part.option)")
                continue
            }
            let inspection = try ModelInspection.inspect(folder)
            found[part.rawValue] = inspection
            let parameters = inspection.files.reduce(0) { $0 + $1.parameters }
            let bytes = inspection.files.reduce(0) { $0 + $1.bytes }
            try console.result("\(name) \(millions(parameters)) parameters, \(megabytes(bytes)), \(folder)")
        }
        try console.result(json: found)
    }
}

struct ModelsInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "List the tensors of a model folder or a .safetensors file.")

    @Argument(help: ArgumentHelp("A model folder or a .safetensors file.", valueName: "path"))
    var path: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let console = common.start()
        let inspection = try ModelInspection.inspect(path)
        try console.result(json: inspection)
        for file in inspection.files {
            let kind = file.kind.map { ", \($0)" } ?? ""
            try console.result(
                "\(file.path): \(millions(file.parameters)) parameters, \(megabytes(file.bytes))\(kind)")
            for tensor in file.tensors {
                try console.result("  \(padded(tensor.type, 5)) \(tensor.name) \(tensor.shape)")
            }
        }
    }
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func millions(_ count: Int) -> String { tenths(Double(count) / 1e6) + " M" }

private func megabytes(_ count: Int) -> String { tenths(Double(count) / 1e6) + " MB" }

private func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
