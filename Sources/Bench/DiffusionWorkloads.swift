// Stable Diffusion 1.5: denoiser and autoencoders.

import Arrays
import Autograd
import Lathe
import StableDiffusion

extension Workload {
    static let diffusion = [
        Workload(
            "unet", "Stable Diffusion 1.5 U-Net, 64² latents, batch 2 (one guided step)", gigaflops: 1607,
            of: .diffusion
        ) {
            let model = try $0.unet(of: $0.pipeline())
            let sample = Tensor(noise(model.latents(batch: 2))), context = model.context(batch: 2)
            return PreparedWork { _ = model(sample, timesteps: [500], context: context) }
        },
        Workload(
            "vae-decode", "Stable Diffusion autoencoder, 64² latents to 512²", gigaflops: 2515, of: .diffusion
        ) { decoding(try $0.autoencoder(of: $0.pipeline())) },
        Workload(
            "vae-encode", "Stable Diffusion autoencoder, 512² to latents", gigaflops: 1117, of: .diffusion
        ) {
            let model = try $0.autoencoder(of: $0.pipeline())
            let picture = Tensor(noise([1, 512, 512, model.pictureChannels]))
            return PreparedWork { _ = model.encode(picture) }
        },
        Workload(
            "vae-encode-gradient",
            "Stable Diffusion autoencoder, 512² to latents, and back to the picture's gradient",
            gigaflops: 2268, of: .diffusion
        ) { pictureGradient(try $0.autoencoder(of: $0.pipeline())) },
        Workload("tiny-vae-decode", "TAESD, 64² latents to 512²", gigaflops: 141) {
            decoding(try $0.tinyAutoencoder())
        },
        Workload(
            "tiny-vae-encode-gradient", "TAESD, 512² to latents, and back to the picture's gradient",
            gigaflops: 245
        ) { pictureGradient(try $0.tinyAutoencoder()) },
    ]

    /// An image of 512² decoded from latents.
    private static func decoding(_ model: Autoencoder) -> PreparedWork {
        let side = 512 / model.downscale
        let latents = Tensor(noise([1, side, side, model.latentChannels]))
        return PreparedWork { _ = model.decode(latents) }
    }

    /// Latents of an image and the gradient with respect to the image: the autoencoder's part of a step of score
    /// distillation.
    private static func pictureGradient(_ model: Autoencoder) -> PreparedWork {
        let side = 512 / model.downscale
        let picture = noise([1, 512, 512, model.pictureChannels])
        let seed = noise([1, side, side, model.latentChannels], seed: 2)
        return PreparedWork {
            let variable = Tensor.variable(picture)
            _ = gradients(of: model.encode(variable), seed: seed, withRespectTo: [variable])
        }
    }
}
