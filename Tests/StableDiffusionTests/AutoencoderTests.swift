// Both autoencoders against PyTorch on tiny random models, values and gradients.

import Arrays
import Autograd
import Checkpoints
import StableDiffusion
import TestSupport
import Testing

@Suite struct AutoencoderKLTests {
    static let names = ["vae", "vae_plain", "vae_no_attention"]

    @Test(arguments: names)
    func encodesAsTheReference(name: String) throws {
        let example = try ModelCase(name)
        let latents = try AutoencoderKL(folder: example.folder).encode(Tensor(try example["image"]))
        expectClose(latents.mean.value, try example["mode"], relative: 1e-5, name)
        expectClose(latents.logVariance.value, try example["log_variance"], relative: 1e-5, name)
        expectClose(
            latents.sample(noise: try example["noise"]).value, try example["sample"], relative: 1e-5, name)
    }

    @Test(arguments: names)
    func decodesAsTheReference(name: String) throws {
        let example = try ModelCase(name)
        let picture = try AutoencoderKL(folder: example.folder).decode(Tensor(try example["latent"]))
        expectClose(picture.value, try example["decoded"], relative: 1e-5, name)
    }

    @Test(arguments: names)
    func encodingHasTheReferencesGradient(name: String) throws {
        let example = try ModelCase(name)
        let model = try AutoencoderKL(folder: example.folder)
        let image = Tensor.variable(try example["image"])
        let gradient = gradients(
            of: model.encode(image).mean, seed: try example["weights"], withRespectTo: [image])[0]
        expectClose(gradient, try example["gradient"], relative: 1e-4, name)
    }

    @Test func encodingAndDecodingHaveTheGradientOfFiniteDifferences() throws {
        let example = try ModelCase("vae_no_attention")
        let model = try AutoencoderKL(folder: example.folder)
        expectGradients(of: [try example["image"].leading(0..<1)]) { model.encode($0[0]).mean }
        expectGradients(of: [try example["latent"].leading(0..<1)]) { model.decode($0[0]) }
    }

    @Test func scalesLatentsForTheDenoiserAndBack() throws {
        let example = try ModelCase("vae_plain")
        let either = try Autoencoder(folder: example.folder)
        let expected = (try example["mode"] - 0.1) * 1.5
        expectClose(either.encode(Tensor(try example["image"])).value, expected, relative: 1e-5)
        let scaled = either.scaled(Tensor(try example["latent"]))
        expectClose(either.decode(scaled).value, try example["decoded"], relative: 1e-5)
    }
}

@Suite struct AutoencoderTinyTests {
    @Test func takesTheOriginalFiles() throws {
        let example = try ModelCase("tiny")
        let plain = try AutoencoderTiny(folder: example.folder)
        let weights = try WeightScope.open(folder: example.folder)
        func original(_ half: String, _ shift: Int) throws -> WeightScope {
            let names = weights.scope("\(half).layers").names
            return WeightScope(
                arrays: Dictionary(
                    uniqueKeysWithValues: try names.map { name in
                        let parts = name.split(separator: ".").dropFirst(2)
                        let layer = try #require(parts.first.flatMap { Int($0) })
                        return (
                            ([String(layer + shift)] + parts.dropFirst().map(String.init)).joined(
                                separator: "."),
                            try weights.tensor(name, weights.shape(of: name) ?? [])
                        )
                    }))
        }
        let (encoder, decoder) = (try original("encoder", 0), try original("decoder", 1))
        #expect(decoder.contains("1.weight") && !decoder.contains("0.weight"))
        let model = try AutoencoderTiny(plain.configuration, encoder: encoder, decoder: decoder)
        let image = Tensor(try example["image"])
        let latent = Tensor(try example["latent"])
        expectIdentical(model.encode(image).value, plain.encode(image).value)
        expectIdentical(model.decode(latent).value, plain.decode(latent).value)
        #expect(throws: CheckpointError.self) {
            try AutoencoderTiny(plain.configuration, encoder: decoder, decoder: encoder)
        }
    }

    @Test func matchesTheReference() throws {
        let example = try ModelCase("tiny")
        let model = try AutoencoderTiny(folder: example.folder)
        expectClose(model.encode(Tensor(try example["image"])).value, try example["latents"], relative: 1e-5)
        let latent = Tensor(try example["latent"])
        expectClose(model.decode(latent).value, try example["decoded"], relative: 1e-5)
        expectClose(model.scaled(latent).value, try example["scaled"], relative: 1e-6)
    }

    @Test func encodingHasTheReferencesGradient() throws {
        let example = try ModelCase("tiny")
        let model = try AutoencoderTiny(folder: example.folder)
        let image = Tensor.variable(try example["image"])
        let gradient = gradients(
            of: model.encode(image), seed: try example["weights"], withRespectTo: [image])[0]
        expectClose(gradient, try example["gradient"], relative: 1e-4)
    }

    @Test func encodingHasTheGradientOfFiniteDifferences() throws {
        let example = try ModelCase("tiny")
        let model = try AutoencoderTiny(folder: example.folder)
        // Rectifiers have corners: a small step keeps most entries on one side.
        expectGradients(of: [try example["image"].leading(0..<1)], step: 2e-3, tolerance: 2e-2) {
            model.encode($0[0])
        }
    }

    @Test func eitherKindIsToldByItsFile() throws {
        #expect(try Autoencoder(folder: ModelCase("tiny").folder).downscale == 4)
        #expect(try Autoencoder(folder: ModelCase("vae_no_attention").folder).downscale == 2)
        let error = #expect(throws: CheckpointError.self) {
            try Autoencoder(folder: ModelCase("unet_sd1").folder)
        }
        #expect(try #require(error).description.contains("UNet2DConditionModel"))
    }
}
