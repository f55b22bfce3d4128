// Models that say what an object looks like from elsewhere.

import Distillation
import StableDiffusion

extension ModelKind {
    static let jointViewPrior = ModelKind(
        name: "a joint multi-view prior",
        configurations: ["JointViewPrior"],
        use: Use(option: .part(.viewPrior), form: "as a folder", isFolder: true),
        published: "Models/starter/prior",
        prior: { request in
            JointViewPrior(
                try request.session.open(.viewPrior) {
                    try MultiViewPrior(folder: request.folder, precision: request.precision)
                }, reference: request.reference, elevation: request.elevation)
        })

    static let zero123Prior = ModelKind(
        name: "a Zero-1-to-3 pipeline",
        configurations: ["Zero1to3StableDiffusionPipeline", "Zero123Pipeline"],
        use: Use(option: .part(.viewPrior), form: "as a folder", isFolder: true),
        published: "kxic/zero123-xl",
        prior: { request in
            try Zero123Prior(
                folder: request.folder, reference: request.reference, elevation: request.elevation ?? 10,
                precision: request.precision)
        })

    static let textViewPrior = ModelKind(
        name: "a diffusion pipeline, guided by the caption",
        configurations: ["StableDiffusionPipeline", "StableDiffusionInpaintPipeline"],
        use: Use(option: .part(.viewPrior), form: "as a folder", isFolder: true),
        published: "stable-diffusion-v1-5/stable-diffusion-v1-5",
        prior: { request in
            // Distillation reads the noise levels only, which published schedulers such as PNDM share with DDIM.
            TextViewPrior(
                try request.session.open(.viewPrior) {
                    try DiffusionPipeline(
                        folder: request.folder, sampler: .ddim, precision: request.precision)
                }, prompt: request.caption)
        })
}
