// `transforms.json` of NeRF-synthetic and instant-ngp: one camera and a matrix per image.
public import Foundation

/// The cameras of a folder of images.
///
/// Matrices are camera-to-world with x right, y up, z backwards, in a world whose z axis points up; `Camera` has y
/// up, so (x, y, z) there is (x, z, -y) here.
public struct TransformsFile: Codable, Sendable {
    public struct Frame: Codable, Sendable {
        public var filePath: String
        public var transformMatrix: [[Float]]

        enum CodingKeys: String, CodingKey {
            case filePath = "file_path"
            case transformMatrix = "transform_matrix"
        }
    }

    /// Horizontal field of view in radians; or the focal length and principal point in pixels.
    public var cameraAngleX: Float?
    public var focalX: Float?
    public var focalY: Float?
    public var centreX: Float?
    public var centreY: Float?
    public var width: Float?
    public var height: Float?
    public var frames: [Frame]

    enum CodingKeys: String, CodingKey {
        case cameraAngleX = "camera_angle_x"
        case focalX = "fl_x"
        case focalY = "fl_y"
        case centreX = "cx"
        case centreY = "cy"
        case width = "w"
        case height = "h"
        case frames
    }

    /// - Parameters:
    ///   - fieldOfView: vertical, degrees; images are `width` x `height` pixels.
    public init(_ views: [(path: String, camera: Camera)], width: Int, height: Int) {
        frames = views.map { Frame(filePath: $0.path, transformMatrix: Self.matrix($0.camera)) }
        if let first = views.first?.camera {
            let half = tan(first.fieldOfView * .pi / 360) * Float(width) / Float(height)
            cameraAngleX = 2 * atan(half)
        }
    }

    /// Reads a file.
    /// - Throws: `FieldError` naming the file and the missing value.
    public init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FieldError("\(path): no such file; give a folder that holds transforms_train.json")
        }
        do {
            self = try JSONDecoder().decode(TransformsFile.self, from: data)
        } catch DecodingError.keyNotFound(let key, _) {
            throw FieldError("\(path): '\(key.stringValue)' is missing")
        } catch {
            throw FieldError("\(path): this is not a transforms.json")
        }
        guard !frames.isEmpty else { throw FieldError("\(path): it lists no frames") }
        for frame in frames {
            let rows = frame.transformMatrix
            guard rows.count >= 3, rows.allSatisfy({ $0.count == 4 && $0.allSatisfy(\.isFinite) }) else {
                throw FieldError("\(path): the matrix of '\(frame.filePath)' is not 4x4 finite numbers")
            }
        }
    }

    /// The file as human-readable JSON.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// The camera of one frame for images of `width` x `height` pixels.
    public func camera(_ frame: Frame, width: Int, height: Int, path: String) throws -> Camera {
        let m = frame.transformMatrix
        func column(_ c: Int) -> SIMD3<Float> { SIMD3(m[0][c], m[2][c], -m[1][c]) }
        func unit(_ v: SIMD3<Float>) -> SIMD3<Float> { v / max(1e-12, (v * v).sum().squareRoot()) }
        let scale = Float(width) / (self.width ?? Float(width))
        let tangent: Float
        if let focal = focalY ?? focalX, focal > 0 {
            tangent = Float(height) / 2 / (focal * scale)
        } else if let angle = cameraAngleX, angle > 0, angle < .pi {
            tangent = tan(angle / 2) * Float(height) / Float(width)
        } else {
            throw FieldError("\(path): neither camera_angle_x nor fl_x gives a field of view")
        }
        var camera = Camera(
            right: unit(column(0)), up: unit(column(1)), back: unit(column(2)), position: column(3),
            fieldOfView: atan(tangent) * 360 / .pi)
        let half = Float(height) / 2
        if let centreX { camera.principalPoint.x = (centreX * scale - Float(width) / 2) / half }
        if let centreY { camera.principalPoint.y = (half - centreY * scale) / half }
        return camera
    }

    private static func matrix(_ c: Camera) -> [[Float]] {
        func column(_ v: SIMD3<Float>) -> SIMD3<Float> { SIMD3(v.x, -v.z, v.y) }
        let columns = [column(c.right), column(c.up), column(-c.forward), column(c.position)]
        return (0..<3).map { r in columns.map { $0[r] } } + [[0, 0, 0, 1]]
    }
}
