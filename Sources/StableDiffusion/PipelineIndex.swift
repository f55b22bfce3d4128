// The index of a pipeline folder, `model_index.json`.

import Checkpoints

/// The class of each component of a pipeline folder.
///
/// `{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"], …}`; components that
/// are null are absent.
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

    /// Reads the index of `folder` and checks its class and the classes of the components that will be opened.
    /// - Parameters:
    ///   - pipelines: accepted classes of the folder.
    ///   - roles: for each required component its accepted classes; an empty set accepts any.
    /// - Throws: `CheckpointError` that names the component and both classes.
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

    /// The class of a component, if it is present.
    func className(of role: String) -> String? { parts[role] }
}
