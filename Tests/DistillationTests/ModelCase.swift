// A tiny model among the fixtures of the diffusion tests and the case recorded beside it.

import Arrays
import Foundation
import TestSupport

/// A model folder with the inputs and outputs that PyTorch recorded.
///
/// The priors' fixtures lie there because one stream of random numbers made them after the pipelines.
struct ModelCase {
    let folder: String
    let file: Fixture

    init(_ name: String) throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "StableDiffusionTests/ModelCase.swift").path
        folder = Fixture.folder(source: source) + "/" + name
        file = try Fixture(name + "/case", source: source)
    }

    subscript(_ name: String) -> NDArray {
        get throws { try file[name] }
    }
}
