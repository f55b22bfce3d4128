// `lathe models`: which models are found, and what a model file holds.

import ArgumentParser
import Lathe

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show the models found, what one holds, or which kinds are read.",
        subcommands: [ModelsListCommand.self, ModelsInspectCommand.self, ModelsKindsCommand.self])
}

struct ModelsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the model folders in use and their sizes.")

    @Flag(help: "With --json: every tensor with its type and shape, too.")
    var tensors = false

    @OptionGroup var models: ModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let console = try common.start()
        let set = try models.modelSet()
        var found: [String: ModelInspection] = [:]
        for part in ModelSet.Part.allCases {
            let name = padded(part.rawValue, 12)
            guard set.has(part), let folder = set.path(of: part) else {
                try console.result("\(name) \(missing(part))")
                continue
            }
            let inspection = try ModelInspection.inspect(folder)
            found[part.rawValue] = inspection
            let parameters = inspection.files.reduce(0) { $0 + $1.parameters }
            let bytes = inspection.files.reduce(0) { $0 + $1.bytes }
            try console.result("\(name) \(millions(parameters)) parameters, \(megabytes(bytes)), \(folder)")
        }
        try console.result(json: found.mapValues { TypedInspection($0, tensors: tensors) })
    }
}

struct ModelsInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a model folder or weight file is, what takes it, and list its tensors.",
        discussion: """
            Reads safetensors and PyTorch's files (.ckpt, .pth, .pt, .bin, TorchScript) and runs nothing in them. \
            Weights are compared with the model they are for: what is missing, of another shape, or too much.
            """)

    @Argument(help: ArgumentHelp("A model folder or a weight file.", valueName: "path"))
    var path: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let console = try common.start()
        let inspection = try ModelInspection.inspect(path)
        try console.result(json: TypedInspection(inspection, tensors: true))
        if let kind = inspection.kind, let use = inspection.use {
            try console.result("\(inspection.path): \(kind)\n  taken by: \(use.typed)")
        }
        for file in inspection.files {
            for line in summary(of: file, isPart: inspection.kind != nil) { try console.result(line) }
            for tensor in file.tensors {
                try console.result("  \(padded(tensor.type, 5)) \(tensor.name) \(tensor.shape)")
            }
        }
    }
}

/// An inspection as JSON, with options as they are typed.
private struct TypedInspection: Encodable {
    private struct File: Encodable {
        let file: ModelInspection.File
        let tensors: Bool

        private enum Key: CodingKey {
            case path, kind, format, content, use, notes, comparison, parameters, bytes, tensors
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(file.path, forKey: .path)
            try container.encodeIfPresent(file.kind, forKey: .kind)
            try container.encode(file.format, forKey: .format)
            try container.encodeIfPresent(file.content, forKey: .content)
            try container.encodeIfPresent(file.use?.typed, forKey: .use)
            try container.encode(file.notes, forKey: .notes)
            try container.encodeIfPresent(file.comparison, forKey: .comparison)
            try container.encode(file.parameters, forKey: .parameters)
            try container.encode(file.bytes, forKey: .bytes)
            if tensors { try container.encode(file.tensors, forKey: .tensors) }
        }
    }

    private let path: String
    private let kind: String?
    private let use: String?
    private let files: [File]

    init(_ inspection: ModelInspection, tensors: Bool) {
        (path, kind, use) = (inspection.path, inspection.kind, inspection.use?.typed)
        files = inspection.files.map { File(file: $0, tensors: tensors) }
    }
}

/// What a file is, what takes it, and how it compares with its model, a line each.
/// - Parameter isPart: whether it lies in a folder whose kind is known.
private func summary(of file: ModelInspection.File, isPart: Bool) -> [String] {
    let kind = file.kind.map { ", \($0)" } ?? ""
    var lines = [
        "\(file.path): \(file.content ?? (isPart ? "a part of it" : "no kind of model that is known")), \(file.format), "
            + "\(millions(file.parameters)) parameters, \(megabytes(file.bytes))\(kind)",
        "  taken by: \(file.use?.typed ?? (isPart ? "nothing by itself" : "nothing here"))",
    ]
    lines += file.notes.map { "  note: \($0)" }
    guard let comparison = file.comparison else { return lines }
    if comparison.fits { lines.append("  complete: every tensor that the model needs, and no other") }
    for (what, names) in [
        ("missing", comparison.missing), ("of another shape", comparison.differing),
        ("unexpected", comparison.unexpected),
    ] where !names.isEmpty {
        lines.append("  \(what), \(names.count):")
        lines += names.map { "    \($0)" }
    }
    return lines
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func millions(_ count: Int) -> String { tenths(Double(count) / 1e6) + " M" }

private func megabytes(_ count: Int) -> String { tenths(Double(count) / 1e6) + " MB" }

private func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
