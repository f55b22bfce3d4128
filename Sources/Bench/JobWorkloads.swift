// End-to-end workloads.

import Arrays
import Autograd
import Distillation
import Foundation
import Images
public import Lathe
import Radiance
import StableDiffusion
import Toybox

extension Workload {
    static let jobs = [
        Workload(
            "text-to-image", "Stable Diffusion 1.5, 512²: 20 guided steps of DDIM, then the decoder",
            gigaflops: 20 * 1607 + 2515, of: .diffusion
        ) {
            let prior = try StableDiffusionPrior($0, tiny: false)
            let sampler = try SamplerKind.ddim.sampler(prior.schedule)
            let start = noise(prior.latents)
            return PreparedWork {
                var state = SamplerState(start)
                for step in sampler.steps(20) {
                    let output = prior.guided(
                        sampler.input(state.sample, at: step), timestep: step.timestep, guidance: 7.5)
                    state = sampler.advance(state, output: output, at: step, noise: nil).state
                }
                _ = prior.autoencoder.decode(Tensor(state.sample))
            }
        },
        Workload(
            "sds-step",
            "A step of score distillation: a view of 64², enlarged, autoencoder, guided U-Net, and back to the field",
            of: .diffusion
        ) { try distillationStep($0, tiny: false) },
        Workload("sds-step-tiny", "The same with the tiny autoencoder", of: .diffusion) {
            try distillationStep($0, tiny: true)
        },
    ]

    /// A lift of a generated object in the draft preset, from the image to the report.
    ///
    /// - Parameter models: the model set it uses; weights are not random here.
    public static func lift(models: ModelSet) -> Workload {
        Workload("lift", "A lift in the draft preset with the models at hand") { _ in
            let folder = FileManager.default.temporaryDirectory.path + "/lathe-bench-\(UUID().uuidString)"
            let picture = folder + "/picture.png"
            return PreparedWork {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(atPath: folder) }
                let object = try ToyObject.make(seed: 2, split: .heldOut, className: "mug")
                try ToyRenderer.render(
                    object, camera: ToyCamera(azimuth: 0, elevation: 20), width: 256, height: 256
                )
                .image.savePNG(picture)
                let lift = try Lift(
                    LiftOptions(
                        picture: picture, selection: Selection(), preset: .draft, models: models,
                        output: folder + "/run"))
                while try lift.next() != nil {}
            }
        }
    }

    /// One step of a distiller whose prior is Stable Diffusion.
    private static func distillationStep(_ networks: Networks, tiny: Bool) throws -> PreparedWork {
        let prior = try StableDiffusionPrior(networks, tiny: tiny)
        // Enough steps that none is the last; past the initial stage, for which this prior has no images.
        let configuration = DistillationConfiguration(steps: 100_000, formingShare: 0)
        var distiller = try Distiller(
            configuration, prior: prior, reference: NDArray.full(1, [128, 128, 4]))
        return PreparedWork { _ = distiller.next() }
    }
}

/// Stable Diffusion as a prior of one view at a time, with random context.
private struct StableDiffusionPrior: ViewPrior {
    let schedule: NoiseSchedule
    let autoencoder: Autoencoder
    /// Shape of the latents of one view.
    let latents: [Int]
    private let unet: UNet2DConditionModel
    private let context: Tensor
    /// Additional input of an inpainting network, for both passes.
    private let rest: Tensor?
    let viewSize = 64
    let guidance: Float = 7.5
    var referenceElevation: Float? { nil }

    init(_ networks: Networks, tiny: Bool) throws {
        let pipeline = try networks.pipeline()
        schedule = try networks.schedule(of: pipeline)
        unet = try networks.unet(of: pipeline)
        autoencoder = tiny ? try networks.tinyAutoencoder() : try networks.autoencoder(of: pipeline)
        latents = unet.latents(batch: 1, channels: autoencoder.latentChannels)
        context = unet.context(batch: 2)
        let more = unet.configuration.inChannels - autoencoder.latentChannels
        rest = more > 0 ? Tensor(.zeros(unet.latents(batch: 2, channels: more))) : nil
    }

    /// Classifier-free guidance, both passes as one batch.
    func guided(_ latents: NDArray, timestep: Float, guidance: Float) -> NDArray {
        let input = Tensor(latents), both = Tensor.concatenated([input, input], axis: 0)
        let output = unet(
            rest.map { .concatenated([both, $0], axis: 3) } ?? both, timesteps: [timestep], context: context)
        return Guidance(strength: guidance).combined(output.value)
    }

    func cameras(progress: Float, random: inout RandomStream) -> [Camera] {
        [Camera(azimuth: 360 * random.uniform(), elevation: 20)]
    }

    func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews {
        .latents(views, background: [1, 1, 1], side: latents[1] * autoencoder.downscale, autoencoder)
    }

    func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray {
        let output = guided(noisy, timestep: Float(timestep), guidance: guidance)
        return schedule.clean(from: Tensor(output), noisy: Tensor(noisy), at: timestep).value
    }
}
