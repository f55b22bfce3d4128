// Small mesh files of one square, made in tests, and what a picture of them shows.

import Files
import Foundation
import Images
import Meshes
import TestSupport

/// A square of side 1.2 facing +z, in the formats that other programs write.
enum SquareFiles {
    static let vertices = "v -.6 -.6 0\nv .6 -.6 0\nv .6 .6 0\nv -.6 .6 0\n"
    static let coordinates = "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"
    static let face = "usemtl m\nf 1/1 2/2 3/3 4/4\n"

    /// Four quadrants: red, green, blue, yellow from the top left, row by row.
    /// - Parameter clearLeft: whether the left half is transparent.
    static func picture(clearLeft: Bool = false) -> Image {
        let colours: [[UInt8]] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]]
        var bytes: [UInt8] = []
        for y in 0..<16 {
            for x in 0..<16 {
                bytes += colours[y / 8 * 2 + x / 8]
                if clearLeft { bytes.append(x < 8 ? 0 : 255) }
            }
        }
        return Image(width: 16, height: 16, channels: clearLeft ? 4 : 3, bytes: bytes)
    }

    /// A GLB of the square: its document, in which `#P`, `#T`, `#I` and `#M` stand for the views of positions (12 bytes
    /// each), texture coordinates, six indices and the picture, and what is appended to the binary chunk.
    static func glb(
        mode: Int = 4, indices: [UInt16] = [0, 1, 2, 0, 2, 3], material: String, root: String = "",
        clearLeft: Bool = false, attributes: String = "", dataURI: Bool = false
    ) throws -> [UInt8] {
        var binary: [UInt8] = []
        func view<T>(_ values: [T]) -> (offset: Int, length: Int) {
            while binary.count % 4 != 0 { binary.append(0) }
            let start = binary.count
            values.withUnsafeBytes { binary.append(contentsOf: $0) }
            return (start, binary.count - start)
        }
        let positions = view([-0.6, -0.6, 0, 0.6, -0.6, 0, 0.6, 0.6, 0, -0.6, 0.6, 0] as [Float])
        let places = view([0, 1, 1, 1, 1, 0, 0, 0] as [Float])
        let list = view(indices)
        let png = try withTemporaryFolder { folder in
            try picture(clearLeft: clearLeft).savePNG(folder + "/t.png")
            return try fileBytes(folder + "/t.png")
        }
        let image = view(png)
        let views = [positions, places, list, image].map {
            "{\"buffer\":0,\"byteOffset\":\($0.offset),\"byteLength\":\($0.length)}"
        }.joined(separator: ",")
        let source =
            dataURI
            ? "\"uri\":\"data:image/png;base64,\(Data(png).base64EncodedString())\""
            : "\"bufferView\":3,\"mimeType\":\"image/png\""
        let document = """
            {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],\(root)
            "meshes":[{"primitives":[{"attributes":{"POSITION":0,"TEXCOORD_0":1\(attributes)},"indices":2,"material":0,
            "mode":\(mode)}]}],"materials":[\(material)],"textures":[{"source":0}],"images":[{\(source)}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"},
            {"bufferView":1,"componentType":5126,"count":4,"type":"VEC2"},
            {"bufferView":2,"componentType":5123,"count":\(indices.count),"type":"SCALAR"}],
            "bufferViews":[\(views)],"buffers":[{"byteLength":\(binary.count)}]}
            """
        return file(document, binary)
    }

    /// The bytes of a GLB file.
    static func file(_ document: String, _ binary: [UInt8]) -> [UInt8] {
        var json = Array(document.utf8), binary = binary
        while json.count % 4 != 0 { json.append(0x20) }
        while binary.count % 4 != 0 { binary.append(0) }
        func word(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) } }
        return Array("glTF".utf8) + word(2) + word(28 + json.count + binary.count) + word(json.count)
            + Array("JSON".utf8) + json + word(binary.count) + [0x42, 0x49, 0x4E, 0] + binary
    }

    /// The names of the colours in the middles of the four quadrants, row by row, seen from the front.
    static func quadrants(_ mesh: TexturedMesh) -> [String] {
        let camera = MeshCamera(
            position: SIMD3(0, 0, 2), right: SIMD3(1, 0, 0), up: SIMD3(0, 1, 0), forward: SIMD3(0, 0, -1),
            focal: 32, center: SIMD2(16, 16))
        let picture = mesh.picture(from: camera, width: 32, height: 32)
        return [(11, 11), (21, 11), (11, 21), (21, 21)].map { x, y in
            let pixel = y * 32 + x
            guard picture.coverage[pixel] > 0 else { return "nothing" }
            return name(picture.color[pixel])
        }
    }

    static func name(_ color: SIMD3<Float>) -> String {
        let isHigh = (0..<3).map { color[$0] > 0.9 }, isLow = (0..<3).map { color[$0] < 0.1 }
        switch (isHigh, isLow) {
        case ([true, false, false], [false, true, true]): return "red"
        case ([false, true, false], [true, false, true]): return "green"
        case ([false, false, true], [true, true, false]): return "blue"
        case ([true, true, false], [false, false, true]): return "yellow"
        case ([false, false, false], [false, false, false]) where color.max() - color.min() < 0.02:
            return "grey"
        default: return "\(color)"
        }
    }

    static let whole = ["red", "green", "blue", "yellow"]
}
