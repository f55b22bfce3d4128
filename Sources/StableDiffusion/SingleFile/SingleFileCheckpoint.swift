// A Stable Diffusion checkpoint in one file: its components under diffusers' names, with inferred configurations.

import CLIP
package import Checkpoints

/// The networks of a single file in the layout of latent-diffusion and its successors.
package struct SingleFileCheckpoint {
    /// The text encoder that the denoiser was trained with.
    package enum Family {
        /// OpenAI's, under `cond_stage_model.transformer`: Stable Diffusion 1.
        case one
        /// OpenCLIP's, under `cond_stage_model.model`: Stable Diffusion 2.
        case two
    }

    package let family: Family
    package let configurations: SingleFileConfigurations
    /// Each under the names that its model reads.
    package let unet: WeightScope
    package let text: WeightScope
    /// Nil if the file has none.
    package let autoencoder: SingleFileAutoencoder?
    package let origin: String

    /// Splits a checkpoint into components; only names and shapes are read.
    /// - Throws: `CheckpointError` if a component is missing, a tensor belongs to none, or a component is of another
    ///   model family.
    package init(from weights: WeightScope, conventions: SingleFileConventions = SingleFileConventions())
        throws
    {
        origin = weights.origin
        let names = weights.names
        try SingleFileCheckpoint.requireParts(names, origin)
        family = names.has(SingleFileCheckpoint.openCLIP) ? .two : .one
        text =
            try family == .two
            ? SingleFileCheckpoint.openCLIPText(weights)
            : weights.scope("cond_stage_model.transformer").mapped(
                by: names.has(SingleFileCheckpoint.openAI + "text_model.")
                    ? SingleFileCheckpoint.openAIText : SingleFileCheckpoint.openAITextBefore)
        let (denoiser, latents) = (weights.scope("model.diffusion_model"), weights.scope("first_stage_model"))
        configurations = SingleFileConfigurations(
            unet: try SingleFileConfigurations.unet(denoiser, conventions),
            text: try SingleFileConfigurations.text(
                text, activation: family == .two ? "gelu" : "quick_gelu", conventions))
        unet = try denoiser.mapped(
            by: .latentDiffusionUNet(
                levels: configurations.unet.channels.count, layers: configurations.unet.layersPerBlock[0]))
        autoencoder =
            try names.has(SingleFileAutoencoder.prefix)
            ? SingleFileAutoencoder(from: latents, conventions: conventions) : nil
    }

    /// The file's own autoencoder.
    /// - Throws: `CheckpointError` if the file has none.
    func requireAutoencoder() throws -> SingleFileAutoencoder {
        guard let autoencoder else {
            throw CheckpointError(
                path: origin,
                reason:
                    "the single file lacks the autoencoder ('\(SingleFileAutoencoder.prefix)'); give another file's"
            )
        }
        return autoencoder
    }

    // MARK: Helpers

    private static let openCLIP = "cond_stage_model.model."
    private static let openAI = "cond_stage_model.transformer."

    /// Training state at the root besides the networks: moving averages, and the noise schedule, which the pipeline
    /// computes itself.
    private static let leftovers = [
        "model_ema.", "alphas_cumprod", "betas", "log_one_minus_alphas_cumprod", "logvar", "lvlb_weights",
        "posterior_", "scale_factor", "sqrt_", "v_pred", "ztsnr",
    ]

    private static func requireParts(_ names: [String], _ origin: String) throws {
        let parts = [
            ("the denoiser", ["model.diffusion_model."]),
            (
                "the text encoder",
                [openAI + "text_model.", openCLIP] + layersOfOpenAI.map { openAI + $0 + "." }
            ),
        ]
        var missing = parts.filter { !$0.1.contains(where: names.has) }
        guard missing.isEmpty else {
            // It may come from another file, so that its lack alone is no fault.
            if !names.has(SingleFileAutoencoder.prefix) {
                missing.insert(("the autoencoder", [SingleFileAutoencoder.prefix]), at: 0)
            }
            let list = missing.map { "\($0.0) ('\($0.1.prefix(2).joined(separator: "' or '"))')" }.joined(
                separator: ", ")
            throw CheckpointError(path: origin, reason: "the single file lacks \(list)")
        }
        let known = parts.flatMap { $0.1 } + [SingleFileAutoencoder.prefix] + leftovers
        let strangers = names.filter { name in !known.contains { name.hasPrefix($0) } }
        guard let first = strangers.first else { return }
        throw CheckpointError(
            path: origin,
            reason:
                "\(strangers.count) tensor(s) belong to no part of Stable Diffusion 1 or 2, such as '\(first)'"
        )
    }

    private static let layersOfOpenAI = ["embeddings", "encoder", "final_layer_norm"]

    /// OpenAI's encoder has transformers' names already.
    private static let openAIText = openAITextBefore.under("text_model.", to: "")

    /// The same by the names of older files, which have no `text_model.`.
    private static let openAITextBefore = KeyTable([
        .move("encoder.**", to: "text_model.encoder.**"),
        .move("embeddings.*.weight", to: "text_model.embeddings.*.weight"),
        .move("final_layer_norm.*", to: "text_model.final_layer_norm.*"),
        .drop("embeddings.position_ids", because: "they are worked out"),
    ])

    private static func openCLIPText(_ weights: WeightScope) throws -> WeightScope {
        let encoder = weights.scope("cond_stage_model.model")
        let names = encoder.relativeNames
        let layers = (0..<256).prefix { names.has("transformer.resblocks.\($0).") }.count
        guard layers > 1 else {
            throw CheckpointError(path: weights.origin, reason: "its text encoder has \(layers) layers")
        }
        return try encoder.mapped(by: .openCLIPText(layers: layers - 1))
    }
}
