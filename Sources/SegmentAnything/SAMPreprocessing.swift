// Image preprocessing, and conversion between image and model coordinates.

import Arrays
import Checkpoints
import Foundation
import Images

/// Scaling of the longer side, normalisation and padding, as specified by `preprocessor_config.json`.
///
/// Source: segment-anything `utils/transforms.py`, `modeling/sam.py`; transformers `SamImageProcessor`.
struct SAMPreprocessing: Sendable {
    /// Side of the square input in pixels.
    let side: Int
    /// Mean and standard deviation per channel of RGB in [0, 1].
    let mean: [Float]
    let deviation: [Float]

    init(side: Int, mean: [Float] = [0.485, 0.456, 0.406], deviation: [Float] = [0.229, 0.224, 0.225]) {
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
        let published = SAMPreprocessing(side: side)
        for (key, value) in [
            ("size.longest_edge", file.size?["longest_edge"]), ("pad_size.height", file.padSize?["height"]),
            ("pad_size.width", file.padSize?["width"]),
        ] where (value ?? side) != side {
            throw CheckpointError(path: path, reason: "'\(key)' is \(value ?? 0); the model takes \(side)")
        }
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
        let padSize: [String: Int]?

        enum CodingKeys: String, CodingKey {
            case mean = "image_mean"
            case deviation = "image_std"
            case size
            case padSize = "pad_size"
        }
    }

    /// Height and width of an image scaled so that its longer side is `side`.
    func scaledSize(height: Int, width: Int) -> (height: Int, width: Int) {
        let scale = Double(side) / Double(max(height, width))
        return (max(1, Int(Double(height) * scale + 0.5)), max(1, Int(Double(width) * scale + 0.5)))
    }

    /// - Returns: `[1, side, side, 3]`, the scaled image at the top left, padded with zeros at the right and bottom.
    func callAsFunction(_ image: Image) -> NDArray {
        let (height, width) = scaledSize(height: image.height, width: image.width)
        let bytes = image.rgb.resizedBytes(width: width, height: height, filter: .bilinear)
        return NDArray(shape: [1, side, side, 3]) { out in
            out.initialize(repeating: 0)
            for row in 0..<height {
                for column in 0..<width {
                    for channel in 0..<3 {
                        let value = Float(bytes[(row * width + column) * 3 + channel]) / 255
                        out[(row * side + column) * 3 + channel] =
                            (value - mean[channel]) / deviation[channel]
                    }
                }
            }
        }
    }
}
