// Kinds of ControlNets, and the conversion of a user's image to their conditioning image.

import Arrays
public import Images

/// The kinds of conditioning images of the supported ControlNets.
public enum ControlNetKind: String, Sendable, CaseIterable, Codable {
    /// White edges on black.
    case canny
    /// Near is white, far is black.
    case depth
    /// White strokes on black.
    case scribble

    /// The kind of a ControlNet by its published name, such as `control_v11p_sd15_canny`, with or without publisher
    /// and extension; nil for any other.
    public init?(publishedName: String) {
        let file = publishedName.split(separator: "/").last ?? ""
        let stem =
            [".safetensors", ".pth", ".ckpt"].first { file.hasSuffix($0) }
            .map { file.dropLast($0.count) } ?? file
        guard let entry = ControlNetKind.published.first(where: { $0.names.contains(String(stem)) }) else {
            return nil
        }
        self = entry.kind
    }

    /// Names of published ControlNets, of repositories and of single files.
    static let published: [(kind: ControlNetKind, names: Set<String>)] = [
        (
            .canny,
            [
                "sd-controlnet-canny", "control_sd15_canny", "control_v11p_sd15_canny",
                "controlnet-sd21-canny-diffusers", "control_v11p_sd21_canny",
            ]
        ),
        (
            .depth,
            [
                "sd-controlnet-depth", "control_sd15_depth", "control_v11p_sd15_depth",
                "control_v11f1p_sd15_depth", "controlnet-sd21-depth-diffusers", "control_v11p_sd21_depth",
            ]
        ),
        (
            .scribble,
            [
                "sd-controlnet-scribble", "control_sd15_scribble", "control_v11p_sd15_scribble",
                "controlnet-sd21-scribble-diffusers", "control_v11p_sd21_scribble",
            ]
        ),
    ]

    /// The conditioning image from a user's image: edges of a photograph, a sketch in white on black, or depth
    /// stretched to the full range.
    /// - Returns: RGB of the same size.
    public func condition(from picture: Image) -> Image {
        switch self {
        case .canny: picture.cannyEdges().rgb
        case .depth: ControlNetKind.depthCondition(picture)
        case .scribble: ControlNetKind.scribbleCondition(picture)
        }
    }

    // MARK: Helpers

    /// Depth in MiDaS' convention, near bright, stretched to [0, 1]; a constant image counts as far everywhere.
    private static func depthCondition(_ picture: Image) -> Image {
        let depth = picture.grey.pixels
        let (least, most) = depth.withUnsafeBuffer { ($0.min() ?? 0, $0.max() ?? 0) }
        guard most > least else {
            return Image(width: picture.width, height: picture.height, color: [0, 0, 0])
        }
        return Image((depth - least) * (1 / (most - least))).rgb
    }

    /// Strokes of a sketch, in white: samples darker than 127 of 255 in any channel, as in the publisher's tool.
    ///
    /// Strokes are assumed to be the smaller part of a sketch: if the dark samples are the larger part, the
    /// background is dark and the light samples are the strokes.
    private static func scribbleCondition(_ sketch: Image) -> Image {
        let (bytes, count) = (sketch.rgb.bytes, sketch.width * sketch.height)
        let isDark = (0..<count).map { pixel in (0..<3).contains { bytes[3 * pixel + $0] < 127 } }
        let strokesAreDark = 2 * isDark.count { $0 } <= count
        let strokes = isDark.map { $0 == strokesAreDark ? UInt8(255) : 0 }
        return Image(width: sketch.width, height: sketch.height, channels: 1, bytes: strokes).rgb
    }
}
