// What a model folder or a weight file holds, told by its configuration and its tensors.

import Checkpoints
import Files
import Foundation

/// A model's kind, size and tensors, what takes it, and how it compares with the model it is for.
public struct ModelInspection: Codable, Sendable {
    /// A tensor of a weight file.
    public struct Tensor: Codable, Sendable {
        /// Its name in the file.
        public var name: String
        /// How its numbers are stored, such as "F16".
        public var type: String
        /// Its extents, outermost first.
        public var shape: [Int]
    }

    /// A weight file.
    public struct File: Codable, Sendable {
        /// Relative to the inspected folder.
        public var path: String
        /// `model_type` or `_class_name` of the configuration beside it, if there is one.
        public var kind: String?
        /// How the file is laid out: safetensors, or one of PyTorch's ways.
        public var format: String
        /// What its tensors are by their names, such as "a SAM segmenter".
        public var content: String?
        /// What part of Lathe takes it, and how; nil when none does.
        public var use: LatheMessage?
        /// What else is worth knowing: where its tensors lie, what could not be compared.
        public var notes: [String]
        /// How it compares with the model it is for; nil when that is not known.
        public var comparison: ModelComparison?
        /// Numbers in all tensors.
        public var parameters: Int
        /// Bytes of all tensors as stored.
        public var bytes: Int
        /// All tensors, in the order of the file's names.
        public var tensors: [Tensor]
    }

    /// What was inspected: a folder or a file.
    public var path: String
    /// What a folder is by its configuration, such as "a joint multi-view prior"; nil for a file, and where it is not
    /// known or the weights are of another kind.
    public var kind: String?
    /// What part of Lathe takes the folder, and how; nil when none does.
    public var use: LatheMessage?
    /// The weight files in it; shards of one file count as one.
    public var files: [File]

    /// Inspects a weight file, or all of them in a folder and the folders in it.
    ///
    /// Checksums are compared where a file has them. A file that names code to run is refused and runs nothing.
    /// - Throws: `LatheError` (`modelUnusable`) naming what cannot be read.
    public static func inspect(_ path: String) throws -> ModelInspection {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LatheError.modelUnusable(
                "\(path) does not exist; give a model folder or a weight file (.safetensors, .ckpt, .pth, .pt, .bin)"
            )
        }
        guard isFolder(path) else {
            return ModelInspection(path: path, files: [try file([path], relative: path)])
        }
        let names = ModelSet.weightFiles(in: path)
        guard !names.isEmpty else {
            throw LatheError.modelUnusable(
                "\(path) holds no weight file (\(WeightFile.endings.joined(separator: ", "))); give the folder of a model"
            )
        }
        let groups = WeightShards.groups(of: names)
        var inspection = ModelInspection(
            path: path,
            files: try groups.map { group in
                try file(group.files.map { "\(path)/\($0)" }, relative: group.name)
            })
        let kind = try LatheError.asking(.modelUnusable) { try ModelKind.configured(in: path) }
        // A folder whose weights are of another kind than it says, or do not fit what it says, is taken by nothing.
        let own = inspection.files.filter { parentFolder($0.path).isEmpty && $0.content != nil }
        if let kind,
            kind.signatures.isEmpty || own.allSatisfy({ $0.content == kind.name && $0.use != nil })
        {
            inspection.kind = kind.name
            inspection.use = kind.use?.sentence
        }
        return inspection
    }

    /// - Parameters:
    ///   - paths: one file, or the shards of one in their order.
    ///   - relative: what they are called.
    private static func file(_ paths: [String], relative: String) throws -> File {
        try LatheError.asking(.modelUnusable) {
            let folder = parentFolder(paths[0])
            let files = try paths.map { try WeightFile.open($0) }
            let tensors = files.flatMap { file in
                file.names.compactMap { name in
                    file.info(name).map { Tensor(name: name, type: $0.type.rawValue, shape: $0.shape) }
                }
            }
            var notes: [String] = []
            if files.count > 1 { notes.append("in \(files.count) shards") }
            for case let archive as PyTorchFile in files {
                try archive.verify()
                notes += archive.notes
            }
            let prefixes = Set(files.map(WeightFile.strippedPrefix)).filter { !$0.isEmpty }.sorted()
            notes += prefixes.map { "every name begins with '\($0)', which is left out" }
            let configured = try ModelKind.configuration(in: folder)
            let content = ModelKind.recognised(by: files.flatMap(\.names))
            var use = content?.use?.sentence
            var comparison: ModelComparison?
            do {
                let weights = files.count == 1 ? WeightScope(files[0]) : try WeightScope.open(folder: folder)
                notes += try content?.notes?(weights) ?? []
                comparison = try ModelComparison(weights, content, folder: folder)
            } catch let error as CheckpointError {
                notes.append(error.reason)
                if needsConfiguration(content), isFile("\(folder)/config.json") { use = nil }
            }
            if let content, needsConfiguration(content), let configured,
                !content.configurations.contains(configured)
            {
                use = nil
                notes.append(
                    "the configuration beside it is that of a model of kind \(configured.quotedForMessage), so the folder"
                        + " cannot be used")
            }
            return File(
                path: relative, kind: configured, format: files[0].format,
                content: content?.name, use: use, notes: notes, comparison: comparison,
                parameters: tensors.reduce(0) { $0 + $1.shape.reduce(1, *) },
                bytes: files.reduce(0) { sum, file in
                    file.names.reduce(sum) { $0 + (file.info($1)?.byteCount ?? 0) }
                }, tensors: tensors)
        }
    }

    /// Whether weights of a kind are taken in a folder with a configuration only.
    private static func needsConfiguration(_ kind: ModelKind?) -> Bool {
        guard let kind, let use = kind.use else { return false }
        return use.isFolder && !use.isFile && !kind.configurations.isEmpty
    }
}

extension TensorFile {
    fileprivate var format: String { (self as? PyTorchFile)?.kind.rawValue ?? "safetensors" }
}

extension PyTorchFile {
    /// Where the tensors were found, and what was left.
    fileprivate var notes: [String] {
        var notes: [String] = []
        if !place.isEmpty { notes.append("the tensors lie under '\(place)'") }
        if tensorsElsewhere > 0 {
            notes.append("\(tensorsElsewhere) tensors lie elsewhere (an optimiser's, say) and are left")
        }
        return notes
    }
}
