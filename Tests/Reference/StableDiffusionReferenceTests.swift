// Stable Diffusion 1.5's networks at their real sizes against PyTorch, on the checkpoints stable_diffusion.py makes.

import Arrays
import Autograd
import CLIP
import Checkpoints
import StableDiffusion
import TestSupport
import Testing

extension ReferenceTests {
    @Suite struct StableDiffusionReferenceTests {
        @Test(
            .enabled(if: ReferenceModel.exists("unet"), ReferenceModel.absent("unet")),
            arguments: Precision.allCases)
        func unetMatchesPyTorch(_ precision: Precision) throws {
            let reference = try ReferenceModel("unet")
            let model = try UNet2DConditionModel(folder: reference.folder, precision: precision)
            let (sample, context) = (Tensor(try reference["sample"]), Tensor(try reference["context"]))
            let output = reference.timed("U-Net 64 x 64, batch 2", rounds: 1) {
                model(sample, timesteps: [500], context: context)
            }
            try reference.compare(output.value, "U-Net", in: precision, with: "output")
        }

        @Test(
            .enabled(if: ReferenceModel.exists("vae"), ReferenceModel.absent("vae")),
            arguments: Precision.allCases)
        func autoencoderMatchesPyTorch(_ precision: Precision) throws {
            let reference = try ReferenceModel("vae")
            let model = try AutoencoderKL(folder: reference.folder, precision: precision)
            let (image, latent) = (Tensor(try reference["image"]), Tensor(try reference["latent"]))
            let mean = reference.timed("autoencoder encode 512 x 512", rounds: 1) { model.encode(image).mean }
            try reference.compare(mean.value, "autoencoder latents", in: precision, with: "mode")
            let picture = reference.timed("autoencoder decode 512 x 512", rounds: 1) { model.decode(latent) }
            try reference.compare(picture.value, "autoencoder picture", in: precision, with: "decoded")
            let slope = try gradient(by: "part", in: reference) { model.encode($0).mean }
            try reference.compare(slope, "autoencoder gradient", in: precision, with: "gradient")
        }

        @Test(
            .enabled(if: ReferenceModel.exists("tiny"), ReferenceModel.absent("tiny")),
            arguments: Precision.allCases)
        func tinyAutoencoderMatchesPyTorch(_ precision: Precision) throws {
            let reference = try ReferenceModel("tiny")
            let model = try AutoencoderTiny(folder: reference.folder, precision: precision)
            let latents = model.encode(Tensor(try reference["image"]))
            try reference.compare(latents.value, "tiny latents", in: precision, with: "latents")
            // Where a sum is as good as zero, rounding chooses the side of a ReLU and with it a slope of 0 or 1: PyTorch in float32
            // is off by 6e-4 of this gradient in float64.
            let slope = try gradient(by: "image", in: reference) { model.encode($0) }
            reference.compare(
                slope, "tiny gradient", in: precision, float32: 5e-3, bound: 0.3,
                with: try reference["gradient"])
        }

        @Test(
            .enabled(if: ReferenceModel.exists("clip"), ReferenceModel.absent("clip")),
            arguments: Precision.allCases)
        func textEncoderMatchesPyTorch(_ precision: Precision) throws {
            let reference = try ReferenceModel("clip")
            let model = try CLIPTextEncoder(folder: reference.folder, precision: precision)
            let ids = try reference["ids"]
            let prompts = (0..<2).map { ids[leading: $0].scalars.map { Int($0) } }
            try reference.compare(model(prompts).tokens.value, "CLIP states", in: precision, with: "states")
        }

        /// The derivative by the picture `name` of what `encode` makes of it, weighted by `seed`.
        private func gradient(
            by name: String, in reference: ReferenceModel, _ encode: (Tensor) -> Tensor
        ) throws -> NDArray {
            let picture = Tensor.variable(try reference[name])
            return gradients(of: encode(picture), seed: try reference["seed"], withRespectTo: [picture])[0]
        }
    }
}
