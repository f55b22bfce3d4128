// From an image of any size to BLIP's square input.

import Arrays
import Checkpoints
import Foundation
import Images

/// Bicubic resizing to the square, and normalisation, as specified by `preprocessor_config.json`.
///
/// Source: salesforce/BLIP `predict.py`; transformers `BlipImageProcessor`.
struct BLIPPreprocessing: Sendable {
    /// Side of the square input in pixels.
    let side: Int
    /// Mean and standard deviation per channel of RGB in [0, 1]; CLIP's by default.
    let mean: [Float]
    let deviation: [Float]

    init(
        side: Int, mean: [Float] = [0.48145466, 0.4578275, 0.40821073],
        deviation: [Float] = [0.26862954, 0.26130258, 0.27577711]
    ) {
        (self.side, self.mean, self.deviation) = (side, mean, deviation)
    }

    /// Reads the folder's `preprocessor_config.json`, if present; otherwise published values.
    init(side: Int, folder: String) throws {
        let path = folder + "/preprocessor_config.json"
        guard FileManager.default.fileExists(atPath: path) else {
            self.init(side: side)
            return
        }
        let file = try loadConfiguration(File.self, from: path)
        for key in ["height", "width"] {
            guard let value = file.size?[key], value != side else { continue }
            throw CheckpointError(path: path, reason: "'size.\(key)' is \(value); the model takes \(side)")
        }
        let published = BLIPPreprocessing(side: side)
        self.init(
            side: side, mean: file.mean ?? published.mean, deviation: file.deviation ?? published.deviation)
        guard mean.count == 3, deviation.count == 3, deviation.allSatisfy({ $0 > 0 }) else {
            throw CheckpointError(
                path: path, reason: "'image_mean' and 'image_std' must hold three numbers each")
        }
    }

    private struct File: Decodable {
        let mean: [Float]?
        let deviation: [Float]?
        let size: [String: Int]?

        enum CodingKeys: String, CodingKey {
            case mean = "image_mean"
            case deviation = "image_std"
            case size
        }
    }

    /// - Returns: `[1, side, side, 3]`.
    func callAsFunction(_ image: Image) -> NDArray {
        let bytes = image.rgb.resizedBytes(width: side, height: side, filter: .bicubic)
        return NDArray(shape: [1, side, side, 3]) { out in
            for index in out.indices {
                out[index] = (Float(bytes[index]) / 255 - mean[index % 3]) / deviation[index % 3]
            }
        }
    }
}
