// Whether a lift takes the object to be mirror-symmetric.

/// Where the plane of symmetry comes from; in files "auto", "off", "x" or a number.
public enum SymmetryChoice: Sendable, Hashable {
    /// Looked for in the field that the prior forms; used where it is clear.
    case auto
    /// No symmetry is used.
    case off
    /// A vertical plane at this azimuth from the photograph's viewing direction, degrees, -90 to 90.
    case plane(Float)

    /// Reads "auto", "off", "x" (the plane that exchanges left and right of the photograph) or degrees.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "auto": self = .auto
        case "off": self = .off
        case "x": self = .plane(0)
        default:
            guard let degrees = Float(text), -90...90 ~= degrees else { return nil }
            self = .plane(degrees)
        }
    }
}

extension SymmetryChoice: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try (try? container.decode(String.self)) ?? "\(container.decode(Float.self))"
        guard let choice = SymmetryChoice(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(text) is not auto, off, x or -90 to 90")
        }
        self = choice
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .auto: try container.encode("auto")
        case .off: try container.encode("off")
        case .plane(let azimuth): try container.encode(azimuth)
        }
    }
}

extension KeyedDecodingContainer {
    /// Files of versions without this setting used no symmetry.
    package func decode(_ type: SymmetryChoice.Type, forKey key: Key) throws -> SymmetryChoice {
        try decodeIfPresent(type, forKey: key) ?? .off
    }
}
