// Image preprocessing for the vision encoder, as specified by `preprocessor_config.json`.

public import Arrays
import Checkpoints
public import Images

/// Resizing, centre crop and normalisation: transformers' `CLIPImageProcessor`.
///
/// The default is the published setting: bicubic resizing of the shorter side to 224 pixels, cropped to a square.
public struct CLIPPreprocessing: Sendable, Hashable {
    /// The size before cropping.
    enum Scaling: Sendable, Hashable {
        case none
        case shorterSide(Int)
        case exact(height: Int, width: Int)
    }

    let scaling: Scaling
    let filter: Filter
    /// Size of the centre crop; nil for none.
    let crop: Size?
    /// Mean and deviation per channel, of colours in [0, 1].
    let mean: [Float]
    let deviation: [Float]

    /// The published setting for an encoder of another image size.
    public init(side: Int = 224) {
        scaling = .shorterSide(side)
        filter = .bicubic
        crop = Size(height: side, width: side)
        mean = CLIPPreprocessing.publishedMean
        deviation = CLIPPreprocessing.publishedDeviation
    }

    /// Reads `preprocessor_config.json`.
    /// - Throws: `CheckpointError` for a missing file or a setting that is not supported.
    public init(path: String) throws {
        self = try loadConfiguration(CLIPPreprocessing.self, from: path)
    }

    /// Prepares an image; alpha is ignored, as in the reference.
    /// - Returns: `[1, height, width, 3]`, normalised.
    public func callAsFunction(_ image: Image) -> NDArray {
        let scaled = scaledSize(height: image.height, width: image.width)
        let bytes = image.rgb.resizedBytes(
            width: scaled.width, height: scaled.height, filter: filter.resampling)
        let kept = crop ?? scaled
        let (top, left) = ((scaled.height - kept.height) / 2, (scaled.width - kept.width) / 2)
        return NDArray(shape: [1, kept.height, kept.width, 3]) { out in
            var place = 0
            for y in 0..<kept.height {
                var source = ((top + y) * scaled.width + left) * 3
                for _ in 0..<kept.width {
                    for channel in 0..<3 {
                        out[place] = (Float(bytes[source]) / 255 - mean[channel]) / deviation[channel]
                        place += 1
                        source += 1
                    }
                }
            }
        }
    }

    /// The reference truncates the longer side to whole pixels.
    private func scaledSize(height: Int, width: Int) -> Size {
        switch scaling {
        case .none: return Size(height: height, width: width)
        case .exact(let height, let width): return Size(height: height, width: width)
        case .shorterSide(let side):
            let long = Int(clamped: Double(side) * Double(max(height, width)) / Double(min(height, width)))
            return height < width ? Size(height: side, width: long) : Size(height: long, width: side)
        }
    }

    private static let publishedMean: [Float] = [0.481_454_66, 0.457_827_5, 0.408_210_73]
    private static let publishedDeviation: [Float] = [0.268_629_54, 0.261_302_58, 0.275_777_11]
}

// MARK: The file

extension CLIPPreprocessing: Decodable {
    struct Size: Sendable, Hashable {
        let height: Int
        let width: Int
    }

    /// Pillow's codes of the filters.
    enum Filter: Int, Decodable, Sendable {
        case bilinear = 2
        case bicubic = 3

        var resampling: ResampleFilter { self == .bicubic ? .bicubic : .bilinear }
    }

    private enum CodingKeys: String, CodingKey {
        case resizes = "do_resize"
        case size
        case resample
        case crops = "do_center_crop"
        case cropSize = "crop_size"
        case rescales = "do_rescale"
        case rescaleFactor = "rescale_factor"
        case normalizes = "do_normalize"
        case mean = "image_mean"
        case deviation = "image_std"
    }

    /// A side, or an object with one or two of them; files of 2022 have plain numbers.
    private enum Extent: Decodable {
        case side(Int)
        case named([String: Int])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let side = try? container.decode(Int.self) {
                self = .side(side)
            } else {
                self = .named(try container.decode([String: Int?].self).compactMapValues { $0 })
            }
        }
    }

    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        func fault(_ key: CodingKeys, _ reason: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: file, debugDescription: reason)
        }
        func flag(_ key: CodingKeys) throws -> Bool {
            try file.decodeIfPresent(Bool.self, forKey: key) ?? true
        }
        func side(_ value: Int, _ key: CodingKeys) throws -> Int {
            guard (1...16384).contains(value) else {
                throw fault(key, "\(value) is not a side from 1 to 16384")
            }
            return value
        }
        filter = try file.decodeIfPresent(Filter.self, forKey: .resample) ?? .bicubic
        let size = try file.decodeIfPresent(Extent.self, forKey: .size) ?? .side(224)
        switch try flag(.resizes) ? size : nil {
        case nil: scaling = .none
        case .side(let value): scaling = .shorterSide(try side(value, .size))
        case .named(let sides):
            if let shorter = sides["shortest_edge"], sides["longest_edge"] == nil {
                scaling = .shorterSide(try side(shorter, .size))
            } else if let height = sides["height"], let width = sides["width"] {
                scaling = .exact(height: try side(height, .size), width: try side(width, .size))
            } else {
                throw fault(.size, "needs 'shortest_edge', or 'height' and 'width'")
            }
        }
        let cropSize = try file.decodeIfPresent(Extent.self, forKey: .cropSize) ?? .side(224)
        switch try flag(.crops) ? cropSize : nil {
        case nil: crop = nil
        case .side(let value): crop = Size(height: try side(value, .cropSize), width: value)
        case .named(let sides):
            guard let height = sides["height"], let width = sides["width"] else {
                throw fault(.cropSize, "needs 'height' and 'width'")
            }
            crop = Size(height: try side(height, .cropSize), width: try side(width, .cropSize))
        }
        let normalizes = try flag(.normalizes)
        let published = CLIPPreprocessing()
        mean =
            normalizes ? try file.decodeIfPresent([Float].self, forKey: .mean) ?? published.mean : [0, 0, 0]
        deviation =
            normalizes
            ? try file.decodeIfPresent([Float].self, forKey: .deviation) ?? published.deviation : [1, 1, 1]
        guard mean.count == 3 else { throw fault(.mean, "needs three numbers") }
        guard deviation.count == 3, deviation.allSatisfy({ $0 > 0 }) else {
            throw fault(.deviation, "needs three numbers above zero")
        }
        let factor = try file.decodeIfPresent(Double.self, forKey: .rescaleFactor) ?? 1 / 255
        guard try flag(.rescales), abs(factor * 255 - 1) < 1e-4 else {
            throw fault(.rescaleFactor, "only 1 / 255 is supported")
        }
        try CLIPPreprocessing.check(scaling, crop, fault)
    }

    /// The crop must fit every image.
    private static func check(
        _ scaling: Scaling, _ crop: Size?, _ fault: (CodingKeys, String) -> DecodingError
    ) throws {
        guard let crop else { return }
        let fits =
            switch scaling {
            case .none: false
            case .shorterSide(let side): max(crop.height, crop.width) <= side
            case .exact(let height, let width): crop.height <= height && crop.width <= width
            }
        guard fits else { throw fault(.cropSize, "exceeds what pictures are scaled to") }
    }
}
