// The kind of a model by its configuration, and the option that takes each kind.

import Checkpoints

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

extension CheckpointKind {
    /// Which option of the program takes weights of this kind, and how; nil when none does.
    var use: String? {
        switch self {
        case .segmentAnything: "--sam, as a folder with its config.json"
        case .segmentAnythingOriginal: "--sam, as it is"
        case .blipCaptioner: "--captioner, as a folder with its config.json and vocabulary"
        case .stableDiffusion: "--diffusion, as it is, with a CLIP vocabulary beside it or as --tokenizer"
        case .diffusionNetwork, .autoencoder, .tinyAutoencoder, .clipText:
            "--diffusion, as a part of a pipeline folder"
        case .lama: "--inpainter, as it is"
        case .loraKohya, .loraDiffusers: "--lora, as it is"
        case .textualInversion: "--embedding, as it is"
        case .controlNet: "--control, as a folder with its config.json"
        case .controlNetOriginal: "--control, as it is"
        case .clip, .clipVision: "--view-prior, as a part of a prior's folder"
        case .mobileSegmentAnything, .blipQuestionAnswering, .blipRetrieval, .blipContrastive, .blipOriginal,
            .stableDiffusionXL, .autoencoderOriginal, .tinyAutoencoderOriginal:
            nil
        }
    }
}
