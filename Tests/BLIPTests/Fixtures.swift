// The tiny random models and the reference's captions (Fixtures/make.py), and how arrays are compared.

import Arrays
import BLIP
import Checkpoints
import Foundation
import Images

let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

/// Largest difference over the largest magnitude of the reference.
func relativeError(_ value: NDArray, _ reference: NDArray) -> Float {
    guard value.shape == reference.shape else { return .infinity }
    var difference: Float = 0
    var magnitude: Float = 0
    for (a, b) in zip(value.scalars, reference.scalars) {
        guard a.isFinite else { return .infinity }
        difference = max(difference, abs(a - b))
        magnitude = max(magnitude, abs(b))
    }
    return difference / magnitude
}

func loadFixture<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: fixtures + "/" + name)))
}

/// The model with tied embeddings, and what it sees in one of the pictures.
func tiedCaptioner() throws -> (BLIPCaptioner, BLIPImageFeatures) {
    let model = try BLIPCaptioner(folder: fixtures + "/tied")
    let picture = try SafetensorsFile(path: fixtures + "/expected.safetensors").array("picture1")
    return (model, model.encode(Image(picture)))
}
