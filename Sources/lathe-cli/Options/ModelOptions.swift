// Which models are used, and where the starter set is looked for.

import ArgumentParser
import Arrays
import Foundation
import Lathe

struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of a model set: segmenter, captioner, inpainter, diffusion, prior. Default: $LATHE_MODELS, "
                + "else Models/starter here, beside the program, or in share/lathe of its prefix.",
            valueName: "dir"))
    var models: String?

    @Option(
        name: [.customLong("segmenter"), .customLong("sam")],
        help: ArgumentHelp("Another segmenter (SAM): a folder, or a file as published.", valueName: "path"))
    var segmenter: String?

    @Option(help: ArgumentHelp("Another captioner (BLIP).", valueName: "dir"))
    var captioner: String?

    @Option(help: ArgumentHelp("Another inpainter (LaMa).", valueName: "path"))
    var inpainter: String?

    @Option(
        help: ArgumentHelp(
            "Another text-conditioned diffusion pipeline: a folder, or a single file.", valueName: "path"))
    var diffusion: String?

    @Option(help: ArgumentHelp("Another view prior.", valueName: "dir"))
    var viewPrior: String?

    @Option(
        help: ArgumentHelp(
            "What products with weights multiply: f32, or bf16, which halves memory and much of the time. "
                + "Default: f32.", valueName: "numbers"),
        transform: parsed(Precision.init(rawValue:), "choose f32 or bf16"))
    var precision: Precision = .float32

    /// The models asked for.
    /// - Throws: `LatheError` (`modelUnusable`) if a folder given by hand does not exist.
    func modelSet() throws -> ModelSet {
        var overrides: [ModelSet.Part: String] = [:]
        overrides[.segmenter] = segmenter
        overrides[.captioner] = captioner
        overrides[.inpainter] = inpainter
        overrides[.diffusion] = diffusion
        overrides[.viewPrior] = viewPrior
        let named =
            models ?? ProcessInfo.processInfo.environment["LATHE_MODELS"].flatMap { $0.isEmpty ? nil : $0 }
        if let named, ModelSet.firstFolder(of: [named]) == nil {
            throw LatheError(
                .modelUnusable, "the model set \(named) is not a folder; check --models or LATHE_MODELS")
        }
        let places = ModelFolders.all
        var set = ModelSet(
            root: named ?? ModelSet.firstFolder(of: places), overrides: overrides, precision: precision)
        set.searched = named == nil ? places : []
        return set
    }

    /// A session of the models asked for.
    /// - Throws: as `modelSet()`.
    func session() throws -> ModelSession { ModelSession(try modelSet()) }

    /// The parts that the command line itself names or finds in the set that it names.
    func given() throws -> Set<ModelSet.Part> {
        let set = try modelSet()
        return Set(
            ModelSet.Part.allCases.filter { set.overrides[$0] != nil || (models != nil && set.has($0)) })
    }
}
