// Stable Diffusion 1.5's networks at their real sizes against PyTorch, on the checkpoints stable_diffusion.py makes.

import Arrays
import Autograd
import Checkpoints
import StableDiffusion
import TestSupport
import Testing

@Suite(.serialized) struct StableDiffusionReferenceTests {
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
    }
}
