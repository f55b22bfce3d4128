// Weights against the model they are for: what is missing, what differs, what is too much.

import Arrays
import BLIP
import CLIP
import Checkpoints
import LaMa
import SegmentAnything
import StableDiffusion
import Tokenizers

/// What a set of weights has other than its model asks for; all empty when the two fit.
public struct ModelComparison: Codable, Sendable {
    /// Names of tensors that the model needs and the weights lack.
    public var missing: [String] = []
    /// Tensors of another shape than the model needs.
    public var differing: [String] = []
    /// Names of tensors that the model has no use for.
    public var unexpected: [String] = []

    public var fits: Bool { missing.isEmpty && differing.isEmpty && unexpected.isEmpty }

    /// Compares by building the model on stand-ins of its weights, of which only names and shapes are read.
    /// - Parameter folder: where the weights lie, for the configuration that some kinds need.
    /// - Returns: nil for kinds that no model here takes.
    /// - Throws: `CheckpointError` saying why there is nothing to compare with.
    init?(_ weights: WeightScope, _ kind: CheckpointKind?, folder: String) throws {
        let configuration = "\(folder)/config.json"
        switch kind {
        case .stableDiffusion:
            let file = try SingleFileCheckpoint(from: weights)
            try survey(file.text) { _ = try CLIPTextEncoder(file.configurations.text, from: $0) }
            try survey(file.unet) { _ = try UNet2DConditionModel(file.configurations.unet, from: $0) }
            try survey(file.autoencoder) { _ = try AutoencoderKL(file.configurations.autoencoder, from: $0) }
        case .segmentAnythingOriginal:
            let original = try SegmentAnythingConfiguration(original: weights)
            try survey(weights.mapped(by: .originalSegmentAnything)) {
                _ = try SegmentAnythingModel(original, from: $0)
            }
        case .segmentAnything:
            let known = try loadConfiguration(SegmentAnythingConfiguration.self, from: configuration)
            try survey(weights) { _ = try SegmentAnythingModel(known, from: $0) }
        case .blipCaptioner:
            let known = try loadConfiguration(BLIPConfiguration.self, from: configuration)
            let tokenizer = try ModelComparison.tokenizer(folder)
            try survey(weights) { _ = try BLIPCaptioner(known, from: $0, tokenizer: tokenizer) }
        case .clipText:
            let known = try loadConfiguration(CLIPTextConfiguration.self, from: configuration)
            try survey(weights) {
                _ = try CLIPTextEncoder(known, from: $0)
                try $0.finish(ignoring: CLIPModel.unusedBuffers)
            }
        case .diffusionNetwork:
            let known = try loadConfiguration(UNetConfiguration.self, from: configuration)
            try survey(weights) { _ = try UNet2DConditionModel(known, from: $0) }
        case .autoencoder:
            let known = try loadConfiguration(AutoencoderKLConfiguration.self, from: configuration)
            try survey(weights) { _ = try AutoencoderKL(known, from: $0) }
        case .tinyAutoencoder:
            let known = try loadConfiguration(AutoencoderTinyConfiguration.self, from: configuration)
            try survey(weights) { _ = try AutoencoderTiny(known, from: $0) }
        case .lama:
            let known =
                isFile(configuration)
                ? try loadConfiguration(LaMaConfiguration.self, from: configuration, modelTypes: ["lama"])
                : nil
            try survey(weights) { _ = try LaMaModel(configuration: known, from: $0) }
        case .controlNet:
            let known = try loadConfiguration(ControlNetConfiguration.self, from: configuration)
            try survey(weights) { _ = try ControlNet(known, from: $0) }
        case .controlNetOriginal:
            let file = try SingleFileControlNet(weights)
            try survey(file.weights) { _ = try ControlNet(file.configuration, from: $0) }
        default: return nil
        }
    }

    private mutating func survey(_ weights: WeightScope, _ build: (WeightScope) throws -> Void) throws {
        let survey = WeightSurvey(of: weights)
        try build(survey.scope)
        // The stand-ins of a large model are large, too.
        StoragePool.trim()
        missing += survey.missing
        differing += survey.differing.map { "\($0.name) \($0.stored), \($0.asked) needed" }
        unexpected += survey.unexpected
    }

    private static func tokenizer(_ folder: String) throws -> BERTTokenizer {
        do {
            return try BERTTokenizer(folder: folder)
        } catch let error as TokenizerError {
            throw CheckpointError(path: error.path, reason: error.reason)
        }
    }
}
