// `transforms.json` of NeRF-synthetic, instant-ngp, nerfstudio and exporters of COLMAP: cameras and a matrix per image.
import Checkpoints
public import Foundation

/// The cameras of a folder of images.
///
/// Matrices are camera-to-world with x right, y up, z backwards, in a world whose z axis points up; `Camera` has y
/// up, so (x, y, z) there is (x, z, -y) here.
public struct TransformsFile: Codable, Sendable {
    public struct Frame: Codable, Sendable {
        public var filePath: String
        public var transformMatrix: [[Float]]
        /// A picture of the same size; where it is black the frame is not used.
        public var maskPath: String?
        let intrinsics: TransformsIntrinsics

        enum CodingKeys: String, CodingKey {
            case filePath = "file_path"
            case transformMatrix = "transform_matrix"
            case maskPath = "mask_path"
        }

        init(filePath: String, transformMatrix: [[Float]]) {
            (self.filePath, self.transformMatrix) = (filePath, transformMatrix)
            intrinsics = TransformsIntrinsics()
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            filePath = try values.decode(String.self, forKey: .filePath)
            maskPath = try values.decodeIfPresent(String.self, forKey: .maskPath)
            intrinsics = try TransformsIntrinsics(from: decoder)
            transformMatrix = try values.decode([[Float]].self, forKey: .transformMatrix)
            let rows = transformMatrix
            guard rows.count >= 3, rows.allSatisfy({ $0.count == 4 && $0.allSatisfy(\.isFinite) }) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .transformMatrix, in: values,
                    debugDescription: "the matrix of '\(filePath)' is not 4x4 finite numbers")
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(filePath, forKey: .filePath)
            try values.encode(transformMatrix, forKey: .transformMatrix)
            try values.encodeIfPresent(maskPath, forKey: .maskPath)
            try intrinsics.encode(to: encoder)
        }
    }

    public var frames: [Frame]
    private var intrinsics = TransformsIntrinsics()
    private var placing = Placing()

    /// instant-ngp's mapping of positions to its unit cube.
    private struct Placing: Codable, Sendable {
        var scale: Float?
        var offset: [Float]?
        var boxScale: Float?

        enum CodingKeys: String, CodingKey {
            case scale, offset
            case boxScale = "aabb_scale"
        }

        /// instant-ngp's scale and offset of files that give none; with these a position stays what it is here.
        private static let standard: (scale: Float, offset: Float) = (0.33, 0.5)

        /// One coordinate of a position, in the file's axes, such that the middle of the unit cube is the origin.
        func moved(_ value: Float, axis: Int) -> Float {
            guard scale != nil || offset != nil else { return value }
            let (usual, middle) = Placing.standard
            return (value * (scale ?? usual) + (offset?[axis] ?? middle) - middle) / usual
        }

        func check(_ path: String) throws {
            if let scale, !scale.isFinite || scale <= 0 {
                throw FieldError("\(path): 'scale' is \(scale); it must be above zero")
            }
            if let offset, offset.count != 3 || !offset.allSatisfy(\.isFinite) {
                throw FieldError("\(path): 'offset' is not three finite numbers")
            }
        }
    }

    private enum CodingKeys: String, CodingKey { case frames }

    /// - Parameters:
    ///   - fieldOfView: vertical, degrees; images are `width` x `height` pixels.
    public init(_ views: [(path: String, camera: Camera)], width: Int, height: Int) {
        frames = views.map { Frame(filePath: $0.path, transformMatrix: Self.matrix($0.camera)) }
        if let first = views.first?.camera {
            let half = tan(first.fieldOfView * .pi / 360) * Float(width) / Float(height)
            intrinsics.values[.angleX] = 2 * atan(half)
        }
    }

    public init(from decoder: any Decoder) throws {
        intrinsics = try TransformsIntrinsics(from: decoder)
        placing = try Placing(from: decoder)
        frames = try decoder.container(keyedBy: CodingKeys.self).decode([Frame].self, forKey: .frames)
    }

    public func encode(to encoder: any Encoder) throws {
        try intrinsics.encode(to: encoder)
        try placing.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(frames, forKey: .frames)
    }

    /// Reads a file.
    /// - Throws: `FieldError` naming the file, and the frame and key of a value that is missing or of another kind.
    public init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw FieldError("\(path): no such file; give a folder that holds transforms_train.json")
        }
        do {
            self = try loadConfiguration(TransformsFile.self, from: path)
        } catch let error as CheckpointError {
            throw FieldError("\(error)")
        }
        guard !frames.isEmpty else { throw FieldError("\(path): it lists no frames") }
        try placing.check(path)
    }

    /// What is read and has no effect here.
    var remarks: [String] {
        guard let box = placing.boxScale, box > 1 else { return [] }
        return [
            "the cameras' file has an aabb_scale of \(box.formatted()): here only what lies in the field's cube is fitted"
        ]
    }

    /// The file as human-readable JSON.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// The camera of one frame for images of `width` x `height` pixels.
    /// - Throws: `FieldError` naming the frame and a value that cannot be used.
    public func camera(_ frame: Frame, width: Int, height: Int, path: String) throws -> Camera {
        let place = "\(path): frame '\(frame.filePath)'"
        let m = frame.transformMatrix
        func column(_ c: Int) -> SIMD3<Float> { SIMD3(m[0][c], m[2][c], -m[1][c]) }
        func unit(_ v: SIMD3<Float>) -> SIMD3<Float> { v / max(1e-12, (v * v).sum().squareRoot()) }
        let position = (0..<3).map { placing.moved(m[$0][3], axis: $0) }
        let camera = Camera(
            right: unit(column(0)), up: unit(column(1)), back: unit(column(2)),
            position: SIMD3(position[0], position[2], -position[1]), fieldOfView: 45)
        return try frame.intrinsics.over(intrinsics).applied(
            to: camera, width: width, height: height, place: place)
    }

    private static func matrix(_ c: Camera) -> [[Float]] {
        func column(_ v: SIMD3<Float>) -> SIMD3<Float> { SIMD3(v.x, -v.z, v.y) }
        let columns = [column(c.right), column(c.up), column(-c.forward), column(c.position)]
        return (0..<3).map { r in columns.map { $0[r] } } + [[0, 0, 0, 1]]
    }
}
