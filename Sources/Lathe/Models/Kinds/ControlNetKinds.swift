// ControlNets in diffusers' layout and in their authors'.

import Checkpoints
import StableDiffusion

extension ModelKind {
    static let controlNet = ModelKind(
        name: "a ControlNet",
        signatures: [TensorSignature("controlnet_cond_embedding.*")],
        use: Use(option: .control, form: "as a folder with its config.json", isFolder: true),
        published: "lllyasviel/sd-controlnet-canny",
        compare: { comparison, weights, folder in
            let known = try loadConfiguration(ControlNetConfiguration.self, from: "\(folder)/config.json")
            try comparison.survey(weights) { _ = try ControlNet(known, from: $0) }
        })

    static let controlNetOriginal = ModelKind(
        name: "a ControlNet under its original tensor names",
        signatures: [TensorSignature("control_model.*")],
        use: Use(option: .control, form: "as it is", isFile: true),
        published: "control_v11p_sd15_canny.pth",
        compare: { comparison, weights, _ in
            let file = try SingleFileControlNet(weights)
            try comparison.survey(file.weights) { _ = try ControlNet(file.configuration, from: $0) }
        })
}
