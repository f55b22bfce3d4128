// LaMa in all its layouts.

import Checkpoints
import LaMa

extension ModelKind {
    static let lama = ModelKind(
        name: "a LaMa inpainter",
        signatures: [TensorSignature("*.ffc.convl2l.weight")],
        use: Use(option: .part(.inpainter), form: "as it is", isFile: true, isFolder: true),
        published: "big-lama",
        open: { try LaMaModel(folder: $0.path, precision: $0.precision) },
        compare: { comparison, weights, folder in
            let configuration = "\(folder)/config.json"
            let known =
                isFile(configuration)
                ? try loadConfiguration(LaMaConfiguration.self, from: configuration, modelTypes: ["lama"])
                : nil
            try comparison.survey(weights) { _ = try LaMaModel(configuration: known, from: $0) }
        })
}
