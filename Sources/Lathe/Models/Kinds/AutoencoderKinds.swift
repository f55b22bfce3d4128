// Latent autoencoders.

import Checkpoints
import StableDiffusion

extension ModelKind {
    private static let partOfPipeline = Use(
        option: .part(.diffusion), form: "as a part of a pipeline folder")

    /// The usual layout, which is looked for before the original one.
    static let autoencoderWithLevels = ModelKind(
        name: "a latent autoencoder",
        signatures: [TensorSignature("encoder.conv_in.*", "decoder.conv_in.*", "encoder.down_blocks.*")],
        use: partOfPipeline, compare: compareAutoencoder)

    /// What has the outer layers alone: a small autoencoder.
    static let autoencoder = ModelKind(
        name: "a latent autoencoder",
        signatures: [TensorSignature("encoder.conv_in.*", "decoder.conv_in.*")],
        use: partOfPipeline, compare: compareAutoencoder)

    static let autoencoderOriginal = ModelKind(
        name: "a latent autoencoder under its original tensor names",
        signatures: [TensorSignature("*encoder.conv_in.*", "*decoder.conv_in.*", "*encoder.down.0.*")])

    static let tinyAutoencoder = ModelKind(
        name: "a tiny latent autoencoder",
        signatures: [TensorSignature("encoder.layers.0.*", "decoder.layers.*")],
        use: partOfPipeline,
        compare: { comparison, weights, folder in
            let known = try loadConfiguration(
                AutoencoderTinyConfiguration.self, from: "\(folder)/config.json")
            try comparison.survey(weights) { _ = try AutoencoderTiny(known, from: $0) }
        })

    static let tinyAutoencoderOriginal = ModelKind(
        name: "half of a tiny latent autoencoder under its original tensor names",
        signatures: [
            TensorSignature("1.weight", "3.conv.0.weight"), TensorSignature("0.weight", "1.conv.0.weight"),
        ])

    @Sendable private static func compareAutoencoder(
        _ comparison: inout ModelComparison, _ weights: WeightScope, _ folder: String
    ) throws {
        let known = try loadConfiguration(AutoencoderKLConfiguration.self, from: "\(folder)/config.json")
        try comparison.survey(weights) { _ = try AutoencoderKL(known, from: $0) }
    }
}
