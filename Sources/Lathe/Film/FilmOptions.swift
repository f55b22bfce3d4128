// How a film of an object is taken.

/// How a film of an object is taken: one turn round it.
public struct FilmOptions: Codable, Sendable, Hashable {
    public enum Channel: String, Codable, Sendable, CaseIterable {
        case rgb, depth, normal, opacity
    }

    /// What lies behind the object.
    public enum Background: Codable, Sendable, Hashable {
        /// sRGB, each in 0 … 1.
        case colour(red: Float, green: Float, blue: Float)
        /// Transparent.
        case alpha

        public static let white = Background.colour(red: 1, green: 1, blue: 1)

        /// Parses `white`, `black`, `grey`, `alpha` or `#rrggbb`.
        public init?(parsing text: String) {
            switch text.lowercased() {
            case "white": self = .white
            case "black": self = .colour(red: 0, green: 0, blue: 0)
            case "grey", "gray": self = .colour(red: 0.5, green: 0.5, blue: 0.5)
            case "alpha", "transparent": self = .alpha
            default:
                guard text.utf8.count == 7, text.hasPrefix("#"),
                    let value = UInt32(text.dropFirst(), radix: 16)
                else { return nil }
                func part(_ shift: UInt32) -> Float { Float((value >> shift) & 255) / 255 }
                self = .colour(red: part(16), green: part(8), blue: part(0))
            }
        }
    }

    public var frames: Int
    /// Side of the square frames, pixels.
    public var size: Int
    /// Degrees above the horizon.
    public var elevation: Float
    /// Vertical field of view, degrees.
    public var fieldOfView: Float
    public var background: Background
    public var channels: [Channel]

    public init(
        frames: Int = 48, size: Int = 256, elevation: Float = 15, fieldOfView: Float = 45,
        background: Background = .white, channels: [Channel] = [.rgb]
    ) {
        self.frames = frames
        self.size = size
        self.elevation = elevation
        self.fieldOfView = fieldOfView
        self.background = background
        self.channels = channels
    }

    public init(for preset: LiftOptions.Preset) {
        switch preset {
        case .draft: self.init(frames: 24, size: 128)
        case .standard: self.init(frames: 48, size: 256)
        case .fine: self.init(frames: 72, size: 384)
        }
    }

    /// - Throws: `LatheError` (`badInput`) naming the first value out of range.
    public func validate() throws {
        guard (1...1000).contains(frames) else {
            throw LatheError.badInput("--frames \(frames) is out of range; use 1 to 1000")
        }
        guard (8...2048).contains(size) else {
            throw LatheError.badInput("--size \(size) is out of range; use 8 to 2048 pixels")
        }
        guard elevation.isFinite, (-89...89).contains(elevation) else {
            throw LatheError.badInput("--elevation \(elevation.plain) is out of range; use -89 to 89 degrees")
        }
        guard fieldOfView.isFinite, (5...120).contains(fieldOfView) else {
            throw LatheError.badInput("--fov \(fieldOfView.plain) is out of range; use 5 to 120 degrees")
        }
        guard !channels.isEmpty else {
            throw LatheError.badInput("--channels is empty; choose from rgb, depth, normal, opacity")
        }
    }
}
