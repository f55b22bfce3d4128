// What a model folder or a weight file holds, told by its configuration and its tensors.

import Checkpoints
import Foundation

/// A model's kind, size and tensors.
public struct ModelInspection: Codable, Sendable {
    public struct Tensor: Codable, Sendable {
        public var name: String
        public var type: String
        public var shape: [Int]
    }

    public struct File: Codable, Sendable {
        /// Relative to the inspected folder.
        public var path: String
        /// `model_type` or `_class_name` of the configuration beside it, if there is one.
        public var kind: String?
        public var parameters: Int
        public var bytes: Int
        public var tensors: [Tensor]
    }

    public var path: String
    public var files: [File]

    /// Inspects a `.safetensors` file, or all of them in a folder and the folders in it.
    /// - Throws: `LatheError` (`modelUnusable`) naming what cannot be read.
    public static func inspect(_ path: String) throws -> ModelInspection {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LatheError.modelUnusable(
                "\(path) does not exist; give a model folder or a .safetensors file")
        }
        guard isFolder(path) else {
            return ModelInspection(path: path, files: [try file(path, relative: path)])
        }
        let walker = FileManager.default.enumerator(atPath: path)
        let names = (walker?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".safetensors") }
        guard !names.isEmpty else {
            throw LatheError.modelUnusable("\(path) holds no .safetensors file; give the folder of a model")
        }
        return ModelInspection(
            path: path, files: try names.sorted().map { try file("\(path)/\($0)", relative: $0) })
    }

    private static func file(_ path: String, relative: String) throws -> File {
        try LatheError.asking(.modelUnusable) {
            let file = try SafetensorsFile(path: path)
            let tensors = file.names.compactMap { name in
                file.entry(name).map { Tensor(name: name, type: $0.type.rawValue, shape: $0.shape) }
            }
            return File(
                path: relative, kind: try ModelKind.read((path as NSString).deletingLastPathComponent),
                parameters: tensors.reduce(0) { $0 + $1.shape.reduce(1, *) },
                bytes: file.names.reduce(0) { $0 + (file.entry($1)?.range.count ?? 0) }, tensors: tensors)
        }
    }
}

/// The kind of model that a configuration file says it describes.
enum ModelKind {
    private struct Configuration: Decodable {
        var modelType: String?
        var className: String?

        enum CodingKeys: String, CodingKey {
            case modelType = "model_type"
            case className = "_class_name"
        }
    }

    /// `model_type` or `_class_name` of the configuration in a folder; nil if there is none.
    static func read(_ folder: String) throws -> String? {
        for name in ["config.json", "model_index.json"] where isFile("\(folder)/\(name)") {
            let configuration = try loadConfiguration(Configuration.self, from: "\(folder)/\(name)")
            return configuration.modelType ?? configuration.className
        }
        return nil
    }

    /// Checks that a folder's configuration is of one of the kinds.
    /// - Throws: `LatheError` (`modelUnusable`) saying what it is and what is needed.
    static func require(_ kinds: Set<String>, in folder: String, for part: ModelSet.Part) throws {
        let kind = try LatheError.asking(.modelUnusable) { try read(folder) }
        guard let kind else {
            throw LatheError.modelUnusable(
                "\(folder) holds no config.json; \(part.option) needs a model folder as published")
        }
        guard kinds.contains(kind) else {
            throw LatheError.modelUnusable(
                "\(folder) holds a model of kind '\(kind)'; \(part.option) needs \(kinds.sorted().joined(separator: " or "))"
            )
        }
    }
}
