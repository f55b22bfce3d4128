// What a ControlNet listens to, and how a user's picture becomes that.

import Arrays
public import Images

/// The kinds of picture that the supported ControlNets were trained on.
public enum ControlNetKind: String, Sendable, CaseIterable, Codable {
    /// White edges on black.
    case canny
    /// Near is white, far is black.
    case depth
    /// White strokes on black.
    case scribble

    /// The kind of a ControlNet by the name under which it is published, such as `control_v11p_sd15_canny`, with or
    /// without its publisher and its ending; nil for any other.
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

    /// The condition that a user's picture makes: edges of a photograph, a sketch in white on black, or depth
    /// stretched to the whole range.
    /// - Returns: RGB of the same size.
    public func condition(from picture: Image) -> Image {
        switch self {
        case .canny: picture.cannyEdges().rgb
        case .depth: ControlNetKind.depthCondition(picture)
        case .scribble: ControlNetKind.scribbleCondition(picture)
        }
    }

    // MARK: Helpers

    /// Depth as MiDaS writes it, near bright, stretched to [0, 1]; a flat picture is far everywhere.
    private static func depthCondition(_ picture: Image) -> Image {
        let depth = picture.grey.pixels
        let (least, most) = depth.withUnsafeBuffer { ($0.min() ?? 0, $0.max() ?? 0) }
        guard most > least else {
            return Image(width: picture.width, height: picture.height, color: [0, 0, 0])
        }
        return Image((depth - least) * (1 / (most - least))).rgb
    }

    /// Strokes of a sketch, in white: samples darker than 127 of 255 in any channel, as the publisher's tool has it.
    ///
    /// Strokes are the smaller part of a sketch; where the dark samples are the larger, the paper is dark and the
    /// strokes are what is light.
    private static func scribbleCondition(_ sketch: Image) -> Image {
        let (bytes, count) = (sketch.rgb.bytes, sketch.width * sketch.height)
        let isDark = (0..<count).map { pixel in (0..<3).contains { bytes[3 * pixel + $0] < 127 } }
        let strokesAreDark = 2 * isDark.count { $0 } <= count
        let strokes = isDark.map { $0 == strokesAreDark ? UInt8(255) : 0 }
        return Image(width: sketch.width, height: sketch.height, channels: 1, bytes: strokes).rgb
    }
}
