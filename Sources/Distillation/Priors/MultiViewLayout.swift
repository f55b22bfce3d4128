// The cameras, sizes and patches of a joint multi-view prior, read from `prior.json`.

/// The views of a joint prior and the mapping between pictures and channels.
public struct MultiViewLayout: Decodable, Sendable, Hashable {
    /// Side of a square view, in pixels.
    public let viewSize: Int
    /// Azimuth of each view relative to the input's, in degrees, counter-clockwise seen from above.
    public let azimuths: [Float]
    /// Elevation of each view above the horizon, in degrees.
    public let elevations: [Float]
    /// Vertical field of view of every camera, in degrees.
    public let fieldOfView: Float
    /// Distance of every camera from the origin, which it looks at.
    public let radius: Float
    /// Side of the square input picture, in pixels.
    public let pictureSize: Int
    /// The longer side of the object's bounding box in the input picture, in pixels; the box is centred.
    public let pictureObjectSide: Int
    /// Guidance recommended by the model's card, s of `u + s (c - u)`.
    public let guidance: Float
    /// Side of the latent grid.
    let grid: Int
    let viewPatch: Int
    let picturePatch: Int
    let channels: Int
    /// Whether the vision encoder's first guess of the views is an input of the U-Net.
    let firstGuess: Bool

    /// The number of views denoised together.
    public var viewCount: Int { azimuths.count }

    enum CodingKeys: String, CodingKey {
        case kind, views, grid, channels, azimuths, elevations, camera, guidance
        case firstGuess = "first_guess"
        case viewSize = "view_size"
        case viewPatch = "view_patch"
        case pictureSize = "picture_size"
        case picturePatch = "picture_patch"
        case pictureObjectSide = "picture_object_side"
    }

    private struct Camera: Decodable {
        let fieldOfView: Float
        let radius: Float

        enum CodingKeys: String, CodingKey {
            case fieldOfView = "fov_y"
            case radius
        }
    }

    /// Decodes `prior.json`.
    /// - Throws: `DecodingError` naming the key that is missing or does not fit the others.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        func fault(_ key: CodingKeys, _ reason: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: file, debugDescription: reason)
        }
        func size(_ key: CodingKeys) throws -> Int {
            let value = try file.decode(Int.self, forKey: key)
            guard (1...4096).contains(value) else {
                throw fault(key, "\(value) is not a size from 1 to 4096")
            }
            return value
        }
        guard try file.decode(String.self, forKey: .kind) == "joint-views" else {
            throw fault(.kind, "only 'joint-views' is supported")
        }
        let views = try size(.views)
        grid = try size(.grid)
        channels = try size(.channels)
        viewSize = try size(.viewSize)
        viewPatch = try size(.viewPatch)
        pictureSize = try size(.pictureSize)
        picturePatch = try size(.picturePatch)
        pictureObjectSide = try size(.pictureObjectSide)
        azimuths = try file.decode([Float].self, forKey: .azimuths)
        elevations = try file.decode([Float].self, forKey: .elevations)
        let camera = try file.decode(Camera.self, forKey: .camera)
        (fieldOfView, radius) = (camera.fieldOfView, camera.radius)
        guidance = try file.decodeIfPresent(Float.self, forKey: .guidance) ?? 1
        firstGuess = try file.decodeIfPresent(Bool.self, forKey: .firstGuess) ?? false
        guard azimuths.count == views else {
            throw fault(.azimuths, "\(azimuths.count) entries for \(views) views")
        }
        guard elevations.count == views else {
            throw fault(.elevations, "\(elevations.count) entries for \(views) views")
        }
        guard channels == 4 else { throw fault(.channels, "only red, green, blue and alpha are supported") }
        guard grid * viewPatch == viewSize else {
            throw fault(.viewPatch, "does not tile a view of \(viewSize) on a grid of \(grid)")
        }
        guard grid * picturePatch == pictureSize else {
            throw fault(.picturePatch, "does not tile a picture of \(pictureSize) on a grid of \(grid)")
        }
        guard pictureObjectSide <= pictureSize else { throw fault(.pictureObjectSide, "exceeds the picture") }
        guard (1..<180).contains(fieldOfView), radius > 0 else { throw fault(.camera, "is not a camera") }
    }
}

extension MultiViewLayout {
    var viewChannels: Int { viewCount * channels * viewPatch * viewPatch }
    var pictureChannels: Int { channels * picturePatch * picturePatch }
}
