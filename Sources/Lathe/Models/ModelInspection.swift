// What a model folder or a weight file holds, told by its configuration and its tensors.

import Checkpoints
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
    /// The weight files in it.
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
            return ModelInspection(path: path, files: [try file(path, relative: path)])
        }
        let names = ModelSet.weightFiles(in: path)
        guard !names.isEmpty else {
            throw LatheError.modelUnusable(
                "\(path) holds no weight file (\(WeightFile.endings.joined(separator: ", "))); give the folder of a model"
            )
        }
        return ModelInspection(path: path, files: try names.map { try file("\(path)/\($0)", relative: $0) })
    }

    private static func file(_ path: String, relative: String) throws -> File {
        try LatheError.asking(.modelUnusable) {
            let file = try WeightFile.open(path)
            let tensors = file.names.compactMap { name in
                file.info(name).map { Tensor(name: name, type: $0.type.rawValue, shape: $0.shape) }
            }
            var notes: [String] = []
            if let archive = file as? PyTorchFile {
                try archive.verify()
                notes += archive.notes
            }
            let prefix = WeightFile.strippedPrefix(of: file)
            if !prefix.isEmpty { notes.append("every name begins with '\(prefix)', which is left out") }
            let content = ModelKind.recognised(by: file.names)
            var comparison: ModelComparison?
            do {
                notes += try content?.notes?(WeightScope(file)) ?? []
                comparison = try ModelComparison(WeightScope(file), content, folder: parentFolder(path))
            } catch let error as CheckpointError {
                notes.append(error.reason)
            }
            return File(
                path: relative, kind: try ModelKind.configuration(in: parentFolder(path)),
                format: file.format,
                content: content?.name, use: content?.use?.sentence, notes: notes, comparison: comparison,
                parameters: tensors.reduce(0) { $0 + $1.shape.reduce(1, *) },
                bytes: file.names.reduce(0) { $0 + (file.info($1)?.byteCount ?? 0) }, tensors: tensors)
        }
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
