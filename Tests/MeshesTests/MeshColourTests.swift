// Red, green and blue of meshes in the files that are written, read by the formats' definitions.

import Foundation
import Images
import Meshes
import Testing

@Suite struct MeshColourTests {
    /// sRGB, no two channels alike.
    private static let colours: [SIMD3<Float>] = [[0.9, 0.4, 0.1], [0.2, 0.8, 0.5], [0.3, 0.1, 0.7]]

    private var triangle: Mesh {
        Mesh(
            positions: [[0, 0, 0], [1, 0, 0], [0, 2, 0]], colors: Self.colours, faces: [SIMD3(0, 1, 2)])
    }

    /// IEC 61966-2-1.
    private func linear(_ value: Float) -> Float {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    /// The document and the binary chunk of a GLB: 12 bytes of header, then chunks of length, kind and content.
    private func parts(_ path: String) throws -> (json: [String: Any], binary: [UInt8]) {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        func word(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        let length = word(12)
        let json = try JSONSerialization.jsonObject(with: Data(bytes[20..<20 + length]))
        let start = 20 + length + 8
        return (try #require(json as? [String: Any]), Array(bytes[start..<start + word(20 + length)]))
    }

    private func view(_ index: Int, _ file: (json: [String: Any], binary: [UInt8])) throws -> [UInt8] {
        let views = try #require(file.json["bufferViews"] as? [[String: Any]])
        let start = views[index]["byteOffset"] as? Int ?? 0
        let length = try #require(views[index]["byteLength"] as? Int)
        return Array(file.binary[start..<start + length])
    }

    private func floats(
        _ attribute: String, _ file: (json: [String: Any], binary: [UInt8])
    ) throws -> [Float] {
        let meshes = try #require(file.json["meshes"] as? [[String: Any]])
        let primitives = try #require(meshes.first?["primitives"] as? [[String: Any]])
        let attributes = try #require(primitives.first?["attributes"] as? [String: Int])
        let accessors = try #require(file.json["accessors"] as? [[String: Any]])
        let accessor = accessors[try #require(attributes[attribute])]
        let bytes = try view(try #require(accessor["bufferView"] as? Int), file)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
    }

    private func withFile<R>(_ name: String, _ body: (String) throws -> R) throws -> R {
        let path = MeshFileTests.temporaryPath(name)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    @Test func vertexColoursOfAGLBAreLinearRedGreenBlue() throws {
        try withFile("colours.glb") { path in
            try triangle.writeGLB(to: path)
            let file = try parts(path)
            let expected = Self.colours.flatMap { [linear($0.x), linear($0.y), linear($0.z)] }
            for (found, wanted) in zip(try floats("COLOR_0", file), expected) {
                #expect(abs(found - wanted) < 1e-5)
            }
            #expect(try floats("POSITION", file) == [0, 0, 0, 1, 0, 0, 0, 2, 0])
            #expect(try floats("NORMAL", file) == [0, 0, 1, 0, 0, 1, 0, 0, 1])
        }
    }

    @Test func theTextureOfAGLBIsThePicture() throws {
        let texture = Image(
            width: 2, height: 2, channels: 3,
            bytes: [250, 120, 10, 20, 240, 130, 110, 30, 230, 200, 90, 40])
        let mesh = TexturedMesh(
            mesh: Mesh(positions: triangle.positions, faces: triangle.faces),
            materials: [MeshMaterial(name: "surface", color: Self.colours[0], texture: texture)],
            faceMaterials: [0], coordinates: [[0, 0], [1, 0], [0, 0.5]])
        try withFile("texture.glb") { path in
            try mesh.writeGLB(to: path)
            let file = try parts(path)
            let images = try #require(file.json["images"] as? [[String: Any]])
            let png = try view(try #require(images.first?["bufferView"] as? Int), file)
            #expect(try ImageFile(bytes: png, path: "texture").image.bytes == texture.bytes)
            #expect(try floats("TEXCOORD_0", file) == [0, 0, 1, 0, 0, 0.5])
            let materials = try #require(file.json["materials"] as? [[String: Any]])
            let surface = try #require(materials.first?["pbrMetallicRoughness"] as? [String: Any])
            let factor = try #require(surface["baseColorFactor"] as? [Double])
            for (channel, wanted) in [0.9, 0.4, 0.1].enumerated() {
                #expect(abs(Float(factor[channel]) - linear(Float(wanted))) < 1e-5)
            }
        }
    }

    /// Texture coordinates (0, 0) mean the top left, and texels are met at their centres.
    @Test func aTextureIsReadWhereItsCoordinatesPoint() {
        let texture = Image(
            width: 2, height: 2, channels: 3, bytes: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])
        let material = MeshMaterial(name: "surface", texture: texture)
        #expect(material.color(at: [0.25, 0.25]) == [1, 0, 0])
        #expect(material.color(at: [0.75, 0.25]) == [0, 1, 0])
        #expect(material.color(at: [0.25, 0.75]) == [0, 0, 1])
        #expect(material.color(at: [1.75, -0.25]) == [1, 1, 1])
        #expect(material.color(at: [0.5, 0.25]) == [0.5, 0.5, 0])
    }

    @Test func verticesOfTextFilesAreRedGreenBlue() throws {
        try withFile("colours.ply") { path in
            try triangle.writePLY(to: path)
            let read = try TexturedMesh.read(from: path).mesh.colors
            for (found, wanted) in zip(read, Self.colours) {
                // PLY holds bytes.
                #expect(((found - wanted) * (found - wanted)).max() < 0.003 * 0.003)
            }
        }
        try withFile("colours.obj") { path in
            try triangle.writeOBJ(to: path)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("v ") })
            let numbers = line.split(separator: " ").dropFirst().compactMap { Float($0) }
            #expect(numbers.count == 6)
            for (found, wanted) in zip(numbers.suffix(3), [0.9, 0.4, 0.1] as [Float]) {
                #expect(abs(found - wanted) < 1e-3)
            }
        }
    }
}
