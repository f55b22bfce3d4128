// Stable Diffusion 1.5: denoiser and autoencoders.

import Arrays
import Autograd
import Checkpoints
import StableDiffusion

extension Workload {
    static let diffusion = [
        Workload(
            "unet", "Stable Diffusion 1.5 U-Net, 64² latents, batch 2 (one guided step)", gigaflops: 1607
        ) { weights in
            let model = try UNet2DConditionModel(try PublishedSizes.unet(), from: weights)
            let sample = Tensor(noise([2, 64, 64, 4])), context = Tensor(noise([2, 77, 768], seed: 2))
            return { _ = model(sample, timesteps: [500], context: context) }
        },
        Workload("vae-decode", "Stable Diffusion autoencoder, 64² latents to 512²", gigaflops: 2515) {
            weights in
            let model = try AutoencoderKL(try PublishedSizes.autoencoder(), from: weights)
            let latents = Tensor(noise([1, 64, 64, 4]))
            return { _ = model.decode(latents) }
        },
        Workload("vae-encode", "Stable Diffusion autoencoder, 512² to latents", gigaflops: 1117) { weights in
            let model = try AutoencoderKL(try PublishedSizes.autoencoder(), from: weights)
            let picture = Tensor(noise([1, 512, 512, 3]))
            return { _ = model.encode(picture).mean }
        },
        Workload(
            "vae-encode-gradient",
            "Stable Diffusion autoencoder, 512² to latents, and back to the picture's gradient",
            gigaflops: 2268
        ) { weights in
            let model = try AutoencoderKL(try PublishedSizes.autoencoder(), from: weights)
            return pictureGradient { model.encode($0).mean }
        },
        Workload("tiny-vae-decode", "TAESD, 64² latents to 512²", gigaflops: 141) { weights in
            let model = try AutoencoderTiny(try PublishedSizes.tinyAutoencoder(), from: weights)
            let latents = Tensor(noise([1, 64, 64, 4]))
            return { _ = model.decode(latents) }
        },
        Workload(
            "tiny-vae-encode-gradient", "TAESD, 512² to latents, and back to the picture's gradient",
            gigaflops: 245
        ) { weights in
            let model = try AutoencoderTiny(try PublishedSizes.tinyAutoencoder(), from: weights)
            return pictureGradient { model.encode($0) }
        },
    ]

    /// Latents of a picture and the gradient with respect to it: the autoencoder's part of a step of score distillation.
    private static func pictureGradient(_ encode: @escaping (Tensor) -> Tensor) -> () -> Void {
        let picture = noise([1, 512, 512, 3]), seed = noise([1, 64, 64, 4], seed: 2)
        return {
            let variable = Tensor.variable(picture)
            _ = gradients(of: encode(variable), seed: seed, withRespectTo: [variable])
        }
    }
}
