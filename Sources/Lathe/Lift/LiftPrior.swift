// Which kind of prior a folder holds, and how it comes to know the object.

import Arrays
import Distillation
import StableDiffusion

/// Opens view priors.
enum LiftPrior {
    private static let joint: Set<String> = ["JointViewPrior"]
    private static let pose: Set<String> = ["Zero1to3StableDiffusionPipeline", "Zero123Pipeline"]
    private static let text: Set<String> = ["StableDiffusionPipeline", "StableDiffusionInpaintPipeline"]

    /// Loads the view prior of `options` and conditions it.
    /// - Parameters:
    ///   - reference: `[side, side, 4]`, premultiplied, framed.
    ///   - caption: What text-conditioned priors are told.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    static func open(
        _ options: LiftOptions, reference: NDArray, caption: String,
        _ configuration: DistillationConfiguration
    ) throws -> any ViewPrior {
        let folder = try options.models.folder(of: .viewPrior)
        try ModelKind.require(joint.union(pose).union(text), in: folder, for: .viewPrior)
        return try LatheError.asking(.modelUnusable) {
            try load(
                folder, options, reference: reference, caption: caption, elevation: configuration.elevation)
        }
    }

    private static func load(
        _ folder: String, _ options: LiftOptions, reference: NDArray, caption: String, elevation: Float?
    ) throws -> any ViewPrior {
        let kind = try ModelKind.read(folder) ?? "", precision = options.models.precision
        if joint.contains(kind) {
            return JointViewPrior(
                try MultiViewPrior(folder: folder, precision: precision), reference: reference,
                elevation: elevation)
        }
        if pose.contains(kind) {
            return try Zero123Prior(
                folder: folder, reference: reference, elevation: elevation ?? 10, precision: precision)
        }
        // Distillation reads the noise levels only, which published schedulers such as PNDM share with DDIM.
        return TextViewPrior(
            try DiffusionPipeline(folder: folder, sampler: .ddim, precision: precision), prompt: caption)
    }
}
