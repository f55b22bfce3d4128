// Text-conditioned diffusion: whole pipelines, single files, and the networks of a pipeline.

import CLIP
import Checkpoints
import StableDiffusion

extension ModelKind {
    /// A folder of diffusers; its parts are kinds of their own.
    static let diffusionPipeline = ModelKind(
        name: "a diffusion pipeline",
        use: Use(option: .part(.diffusion), form: "as a folder with its model_index.json", isFolder: true),
        published: "stable-diffusion-v1-5/stable-diffusion-v1-5",
        open: { try DiffusionModel.open(folder: $0) })

    static let stableDiffusion = ModelKind(
        name: "Stable Diffusion in one file",
        signatures: [TensorSignature("model.diffusion_model.*")],
        use: Use(
            option: .part(.diffusion), form: "as it is, with a CLIP vocabulary beside it or as \(.tokenizer)",
            isFile: true),
        published: "v1-5-pruned-emaonly.safetensors",
        open: { try DiffusionModel.open(singleFile: $0) },
        compare: { comparison, weights, _ in
            let file = try SingleFileCheckpoint(from: weights)
            try comparison.survey(file.text) { _ = try CLIPTextEncoder(file.configurations.text, from: $0) }
            try comparison.survey(file.unet) {
                _ = try UNet2DConditionModel(file.configurations.unet, from: $0)
            }
            guard let autoencoder = file.autoencoder else { return }
            try comparison.survey(autoencoder.weights) {
                _ = try AutoencoderKL(autoencoder.configuration, from: $0)
            }
        })

    static let stableDiffusionXL = ModelKind(
        name: "Stable Diffusion XL in one file",
        signatures: [TensorSignature("model.diffusion_model.*", "conditioner.embedders.*")])

    static let diffusionNetwork = ModelKind(
        name: "a diffusion U-Net",
        signatures: [TensorSignature("conv_in.*", "time_embedding.*", "down_blocks.*")],
        use: Use(option: .part(.diffusion), form: "as a part of a pipeline folder"),
        compare: { comparison, weights, folder in
            let known = try loadConfiguration(UNetConfiguration.self, from: "\(folder)/config.json")
            try comparison.survey(weights) { _ = try UNet2DConditionModel(known, from: $0) }
        })
}
