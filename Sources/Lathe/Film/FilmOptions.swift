// Options of a turntable film.

import Foundation

/// Options of a turntable film: one orbit round an object.
public struct FilmOptions: Codable, Sendable, Hashable {
    /// What a frame shows; several channels are placed side by side.
    public enum Channel: String, Codable, Sendable, CaseIterable {
        /// Colour.
        case rgb
        /// Distance from the camera, near is bright.
        case depth
        /// Normals in camera axes, mapped from [-1, 1] to colours.
        case normal
        /// Opacity as grey.
        case opacity
    }

    /// The background behind the object.
    public enum Background: Codable, Sendable, Hashable {
        /// An opaque colour, sRGB, each in 0 … 1.
        case colour(red: Float, green: Float, blue: Float)
        /// Transparent.
        case alpha

        /// Opaque white.
        public static let white = Background.colour(red: 1, green: 1, blue: 1)

        /// Parses `white`, `black`, `grey`, `alpha` or `#rrggbb`.
        package init?(parsing text: String) {
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

    /// Number of frames of the orbit, 1 to 1000.
    public var frames: Int
    /// Side of the square frames, 8 to 2048 pixels.
    public var size: Int
    /// Elevation of the camera above the horizon, -89 to 89 degrees.
    public var elevation: Float
    /// Vertical field of view, 5 to 120 degrees.
    public var fieldOfView: Float
    /// What lies behind the object.
    public var background: Background
    /// The channels of each frame, left to right; not empty.
    public var channels: [Channel]

    /// Distance of the camera from the origin, world units.
    ///
    /// It is 2.7 down to a field of view of 45 degrees. With a narrower one the camera steps back so far that the ball which it
    /// just sees at 45 degrees, of radius 2.7 sin(22.5°), stays within the picture.
    package var distance: Float {
        let (usual, angle): (Float, Float) = (2.7, 45)
        guard fieldOfView < angle else { return usual }
        return usual * sin(angle * .pi / 360) / sin(fieldOfView * .pi / 360)
    }

    /// See the properties; values are checked by ``validate()``.
    public init(
        frames: Int = 72, size: Int = 512, elevation: Float = 15, fieldOfView: Float = 45,
        background: Background = .white, channels: [Channel] = [.rgb]
    ) {
        self.frames = frames
        self.size = size
        self.elevation = elevation
        self.fieldOfView = fieldOfView
        self.background = background
        self.channels = channels
    }

    /// The options of a preset: 24, 72 or 96 frames of 128, 512 or 640 pixels.
    public init(for preset: LiftOptions.Preset) {
        switch preset {
        case .draft: self.init(frames: 24, size: 128)
        case .standard: self.init(frames: 72, size: 512)
        case .fine: self.init(frames: 96, size: 640)
        }
    }

    /// Checks the values.
    /// - Throws: `LatheError` (`badInput`) naming the first value out of range.
    public func validate() throws {
        guard (1...1000).contains(frames) else {
            throw LatheError.badInput("\(.frames) \(frames) is out of range; use 1 to 1000")
        }
        guard (8...2048).contains(size) else {
            throw LatheError.badInput("\(.size) \(size) is out of range; use 8 to 2048 pixels")
        }
        guard elevation.isFinite, (-89...89).contains(elevation) else {
            throw LatheError.badInput(
                "\(.elevation) \(elevation.plain) is out of range; use -89 to 89 degrees")
        }
        guard fieldOfView.isFinite, (5...120).contains(fieldOfView) else {
            throw LatheError.badInput(
                "\(.fieldOfView) \(fieldOfView.plain) is out of range; use 5 to 120 degrees")
        }
        guard !channels.isEmpty else {
            throw LatheError.badInput("\(.channels) is empty; choose from rgb, depth, normal, opacity")
        }
    }
}
