// The table of contents of a pipeline folder, `model_index.json`.

import Checkpoints

/// Which class fills each role of a pipeline folder.
///
/// `{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"], …}`; roles that are
/// null are empty.
package struct PipelineIndex: Decodable, Sendable {
    let className: String
    private let parts: [String: String]

    package init(from decoder: any Decoder) throws {
        let file = try ConfigurationReader(decoder)
        guard let name = try file.text("_class_name") else {
            throw file.fault("_class_name", "is missing; this is not the index of a pipeline")
        }
        className = name
        parts = file.partClasses()
    }

    /// Reads the index of `folder` and checks its class and the classes of the roles that will be opened.
    /// - Parameters:
    ///   - pipelines: classes of the folder that will do.
    ///   - roles: for each role that must be filled, the classes that will do; an empty set takes any.
    /// - Throws: `CheckpointError` that names the role and both classes.
    package init(folder: String, pipelines: Set<String>, roles: [String: Set<String>]) throws {
        let path = folder + "/model_index.json"
        self = try loadConfiguration(PipelineIndex.self, from: path)
        guard pipelines.contains(className) else {
            let fitting = pipelines.sorted().map { "'\($0)'" }.joined(separator: " or ")
            throw CheckpointError(
                path: path, reason: "the folder holds a '\(className)'; \(fitting) is needed here")
        }
        for (role, classes) in roles.sorted(by: { $0.key < $1.key }) {
            guard let found = parts[role] else {
                throw CheckpointError(path: path, reason: "the pipeline has no '\(role)'")
            }
            guard !classes.isEmpty, !classes.contains(found) else { continue }
            let fitting = classes.sorted().map { "'\($0)'" }.joined(separator: " or ")
            throw CheckpointError(
                path: path, reason: "its '\(role)' is a '\(found)', which is not supported; \(fitting) is")
        }
    }

    /// The class that fills a role, if any does.
    func className(of role: String) -> String? { parts[role] }
}
