// Mesh files as other programs write them: the picture that they give, and what is said of what is left out.

import Files
import Foundation
import Images
import Meshes
import TestSupport
import Testing

@Suite struct ForeignMeshTests {
    /// Reads an OBJ with its material file and its picture, which lies at `texture`.
    private func readOBJ(
        _ text: String, materials: String = "newmtl m\nKd 1 1 1\nmap_Kd tex.png\n",
        named name: String = "c.mtl",
        texture: String = "tex.png"
    ) throws -> TexturedMesh {
        try withTemporaryFolder { folder in
            for path in [name, texture] {
                let parent = (folder + "/" + path as NSString).deletingLastPathComponent
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            }
            try SquareFiles.picture().savePNG(folder + "/" + texture)
            try writeFile(materials, to: folder + "/" + name)
            try writeFile(text, to: folder + "/a.obj")
            return try TexturedMesh.read(from: folder + "/a.obj")
        }
    }

    private func read(_ bytes: [UInt8], _ name: String) throws -> TexturedMesh {
        try withTemporaryFolder { folder in
            try SquareFiles.picture().savePNG(folder + "/tex.png")
            try writeFile(bytes, to: folder + "/" + name)
            return try TexturedMesh.read(from: folder + "/" + name)
        }
    }

    private var square: String {
        "mtllib c.mtl\n" + SquareFiles.vertices + SquareFiles.coordinates + SquareFiles.face
    }

    @Test(arguments: [
        "mtllib c.mtl\n#V#T#F", "#V#Tmtllib c.mtl # a comment\n#F", "#V#T#Fmtllib c.mtl\n",
        "\u{FEFF}#V#Tmtllib c.mtl\n#F", "\u{FEFF}mtllib c.mtl\n#V#T#F",
        "mtllib c.mtl\n#V#Tusemtl m # tail\nf 1/1 2/2 3/3 4/4 # tail\n",
        "mtllib c.mtl\n#V#Tusemtl m\nf 1/1 2/2 \\\n 3/3 4/4\n",
        "mtllib none.mtl c.mtl\n#V#T#F", "mtllib c.mtl\n#V#Tusemtl m\nf -4/-4 -3/-3 -2/-2 -1/-1\n",
    ])
    func linesAreReadAsWritten(_ pattern: String) throws {
        let text = pattern.replacingOccurrences(of: "#V", with: SquareFiles.vertices)
            .replacingOccurrences(of: "#T", with: SquareFiles.coordinates)
            .replacingOccurrences(of: "#F", with: SquareFiles.face)
        for ending in ["\n", "\r\n", "\r"] {
            let mesh = try readOBJ(text.replacingOccurrences(of: "\n", with: ending))
            #expect(SquareFiles.quadrants(mesh) == SquareFiles.whole, "\(text.debugDescription)")
        }
    }

    @Test(arguments: [
        ("map_Kd tex.png", "tex.png"), ("map_kd tex.png", "tex.png"), ("map_Kd tex.png # tail", "tex.png"),
        ("map_Kd textures\\tex.png", "textures/tex.png"), ("map_Kd my tex.png", "my tex.png"),
        ("map_Kd -s 1 1 1 -o 0 0 0 -clamp on tex.png", "tex.png"), ("map_Kd -s 1 my tex.png", "my tex.png"),
        ("map_Kd C:\\Users\\me\\tex.png", "tex.png"), ("map_Kd /home/me/tex.png", "tex.png"),
        ("Kd 0 0 0\nmap_Kd tex.png", "tex.png"), ("map_Kd -bm 0.5 -colorspace sRGB tex.png", "tex.png"),
    ])
    func picturesOfMaterialsAreFound(_ statement: String, _ texture: String) throws {
        let mesh = try readOBJ(square, materials: "newmtl m\nKd 1 1 1\n\(statement)\n", texture: texture)
        #expect(SquareFiles.quadrants(mesh) == SquareFiles.whole)
        #expect(mesh.notes.isEmpty, "\(mesh.notes)")
    }

    @Test func picturesAreLookedForBesideTheirMaterialFile() throws {
        let text = square.replacingOccurrences(of: "c.mtl", with: "sub/c.mtl")
        for texture in ["sub/tex.png", "tex.png"] {
            let mesh = try readOBJ(text, named: "sub/c.mtl", texture: texture)
            #expect(SquareFiles.quadrants(mesh) == SquareFiles.whole)
        }
    }

    @Test func shiftsAndScalesOfAPictureAreApplied() throws {
        // The upper right quadrant: from one half to one in both directions, counted from the bottom left.
        let moved = "newmtl m\nmap_Kd -s 0.5 0.5 1 -o 0.5 0.5 0 tex.png\n"
        #expect(
            SquareFiles.quadrants(try readOBJ(square, materials: moved))
                == Array(repeating: "green", count: 4))
        // Beyond the edges, the picture's last row goes on.
        let shifted = "newmtl m\nmap_Kd -clamp on -o 1 1 tex.png\n"
        #expect(
            SquareFiles.quadrants(try readOBJ(square, materials: shifted))
                == Array(repeating: "green", count: 4))
    }

    @Test(arguments: [
        ("newmtl m\nKd 0 0 1\nmap_Kd ../tex.png\n", "outside"), ("newmtl m\nmap_Kd tex.tga\n", "tex.tga"),
        ("newmtl m\nmap_Kd c.mtl\n", "not a picture"), ("newmtl m\nmap_Kd tex.png\nKe 1 1 1\n", "glows"),
        ("newmtl m\nmap_Kd tex.png\nd 0.5\n", "transparent"), ("newmtl m\nmap_Ka tex.png\n", "ambient"),
        ("newmtl other\n", "not described"),
    ])
    func whatIsLeftOutOfMaterialsIsSaid(_ materials: String, _ words: String) throws {
        let notes = try readOBJ(square, materials: materials).notes
        #expect(notes.count == 1 && notes[0].contains(words), "\(notes)")
    }

    @Test func aMissingMaterialFileIsSaid() throws {
        let mesh = try read(Array(square.utf8), "a.obj")
        #expect(SquareFiles.quadrants(mesh) == Array(repeating: "grey", count: 4))
        #expect(mesh.notes.contains { $0.contains("c.mtl") } && mesh.notes.allSatisfy { !$0.contains("\n") })
    }

    @Test(arguments: ["f 1 2 3 4 5", "f 5 1 2 3 4", "f 3 4 5 1 2", "f 4 5 1 2 3"])
    func aConcaveOutlineIsFilledAndNoMore(_ face: String) throws {
        // A square whose lower edge is drawn up to a point near the middle.
        let text = "v -.6 .6 0\nv -.6 -.6 0\nv 0 .2 0\nv .6 -.6 0\nv .6 .6 0\n" + face
        let mesh = try read(Array(text.utf8), "a.obj")
        #expect(abs(mesh.mesh.topology.area - (1.44 - 0.48)) < 1e-5)
        let ply =
            "ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
            + "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
            + "-.6 .6 0\n-.6 -.6 0\n0 .2 0\n.6 -.6 0\n.6 .6 0\n5 "
            + face.dropFirst(2).split(separator: " ").map { String((Int($0) ?? 0) - 1) }.joined(
                separator: " ")
        #expect(abs(try read(Array(ply.utf8), "a.ply").mesh.topology.area - (1.44 - 0.48)) < 1e-5)
    }

    @Test func coloursBehindPositionsMayCountTo255AndMayBeMissing() throws {
        let face = "f 1 2 3\n"
        let bytes = try read(
            Array(("v 0 0 0 255 0 0\nv 1 0 0 255 0 0\nv 0 1 0 0 0 51\n" + face).utf8), "a.obj")
        #expect(bytes.mesh.colors == [SIMD3(1, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 0, 0.2)])
        let some = try read(Array(("v 0 0 0 1 0 0\nv 1 0 0\nv 0 1 0\n" + face).utf8), "a.obj")
        #expect(some.mesh.colors.first == SIMD3(1, 0, 0) && some.notes.contains { $0.contains("2 of 3") })
    }

    // MARK: PLY

    private func ply(_ properties: String, _ vertices: [String], _ faces: String = "", header: String = "")
        -> [UInt8]
    {
        Array(
            ("ply\nformat ascii 1.0\n\(header)element vertex \(vertices.count)\nproperty float x\nproperty float y\n"
                + "property float z\n\(properties)element face 1\nproperty list uchar int vertex_indices\n\(faces)"
                + "end_header\n" + vertices.joined(separator: "\n")).utf8)
    }

    @Test(arguments: [
        ("uchar", "128", 128.0 / 255), ("ushort", "32768", 0.5), ("float", "0.5", 0.5),
        ("float", "128", 128.0 / 255),
        ("short", "16384", 0.5), ("int", "128", 128.0 / 255),
    ])
    func coloursOfAPLYAreFractionsOfTheirType(_ type: String, _ value: String, _ red: Double) throws {
        let properties = ["red", "green", "blue"].map { "property \(type) \($0)\n" }.joined()
        let mesh = try read(
            ply(properties, ["0 0 0 \(value) 0 0", "1 0 0 \(value) 0 0", "0 1 0 \(value) 0 0"])
                + Array("\n3 0 1 2".utf8),
            "a.ply")
        #expect(abs(Double(mesh.mesh.colors[0].x) - red) < 1e-3)
    }

    @Test func thePictureOfAPLYIsLaidOverItsVerticesOrCorners() throws {
        let byVertex = ply(
            "property float s\nproperty float t\n",
            ["-.6 -.6 0 0 0", ".6 -.6 0 1 0", ".6 .6 0 1 1", "-.6 .6 0 0 1"],
            header: "comment TextureFile tex.png\n")
        let byCorner = ply(
            "", ["-.6 -.6 0", ".6 -.6 0", ".6 .6 0", "-.6 .6 0"], "property list uchar float texcoord\n",
            header: "comment TextureFile tex.png\n")
        for (bytes, face) in [(byVertex, "\n4 0 1 2 3"), (byCorner, "\n4 0 1 2 3 8 0 0 1 0 1 1 0 1")] {
            let mesh = try read(bytes + Array(face.utf8), "a.ply")
            #expect(SquareFiles.quadrants(mesh) == SquareFiles.whole)
        }
        let text = String(decoding: byVertex, as: UTF8.self).replacingOccurrences(
            of: "tex.png", with: "none.png")
        #expect(try read(Array((text + "\n4 0 1 2 3").utf8), "a.ply").notes.count == 1)
    }

    @Test func facesBeforeTheirVerticesAndStripsAreRead() throws {
        let vertex = "element vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
        let face = "element face 1\nproperty list uchar int vertex_indices\n"
        let strip = "element tristrips 1\nproperty list int int vertex_indices\n"
        let places = "-.6 -.6 0\n.6 -.6 0\n.6 .6 0\n-.6 .6 0\n"
        for (header, body) in [
            (face + vertex, "4 0 1 2 3\n" + places), (vertex + strip, places + "4 0 1 3 2\n"),
            (vertex + strip, places + "7 0 1 3 -1 1 2 3\n"),
        ] {
            let mesh = try read(
                Array(("ply\nformat ascii 1.0\n" + header + "end_header\n" + body).utf8), "a.ply"
            ).mesh
            #expect(mesh.faces.count == 2 && abs(mesh.topology.area - 1.44) < 1e-5)
            #expect(mesh.normals.allSatisfy { $0.z > 0.9 })
        }
        let error = #expect(throws: MeshError.self) {
            try read(Array(("ply\nformat ascii 1.0\n" + vertex + "end_header\n" + places).utf8), "a.ply")
        }
        #expect(try #require(error).description.contains("cloud of points"))
    }

    // MARK: GLB

    private let textured = "{\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":0}}}"

    @Test func primitivesOfEveryKindAreRead() throws {
        for (mode, indices) in [(4, [0, 1, 2, 0, 2, 3]), (5, [0, 1, 3, 2]), (6, [0, 1, 2, 3])] {
            let bytes = try SquareFiles.glb(mode: mode, indices: indices.map(UInt16.init), material: textured)
            let mesh = try read(bytes, "a.glb")
            #expect(SquareFiles.quadrants(mesh) == SquareFiles.whole, "mode \(mode)")
            #expect(mesh.mesh.normals.allSatisfy { $0.z > 0.9 }, "mode \(mode)")
        }
        let error = #expect(throws: MeshError.self) {
            try read(try SquareFiles.glb(mode: 1, indices: [0, 1], material: textured), "a.glb")
        }
        #expect(try #require(error).description.contains("no triangle"))
    }

    @Test func aPictureInTheDocumentIsRead() throws {
        let mesh = try read(try SquareFiles.glb(material: textured, dataURI: true), "a.glb")
        #expect(SquareFiles.quadrants(mesh) == SquareFiles.whole)
    }

    @Test func movedCoordinatesAndOtherSetsAreFollowed() throws {
        func seen(_ transform: String) throws -> [String] {
            let use = "{\"index\":0,\"extensions\":{\"KHR_texture_transform\":{\(transform)}}}"
            return SquareFiles.quadrants(
                try read(
                    try SquareFiles.glb(
                        material: "{\"pbrMetallicRoughness\":{\"baseColorTexture\":\(use)}}",
                        root: "\"extensionsRequired\":[\"KHR_texture_transform\"],",
                        attributes: ",\"TEXCOORD_1\":1"),
                    "a.glb"))
        }
        #expect(try seen("\"offset\":[0.5,0],\"scale\":[0.5,0.5]") == Array(repeating: "green", count: 4))
        // A quarter turn about the upper left corner, and back into the picture.
        #expect(try seen("\"rotation\":1.5707963,\"offset\":[0,1]") == ["blue", "red", "yellow", "green"])
        #expect(try seen("\"texCoord\":1") == SquareFiles.whole)
    }

    @Test func whatAMaskClearsIsCutAway() throws {
        let masked = "{\"alphaMode\":\"MASK\",\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":0}}}"
        let mesh = try read(try SquareFiles.glb(material: masked, clearLeft: true), "a.glb")
        #expect(SquareFiles.quadrants(mesh) == ["nothing", "green", "nothing", "yellow"])
        let blended = masked.replacingOccurrences(of: "MASK", with: "BLEND")
        let opaque = try read(try SquareFiles.glb(material: blended, clearLeft: true), "a.glb")
        #expect(SquareFiles.quadrants(opaque)[1] == "green" && opaque.notes.contains { $0.contains("BLEND") })
    }

    @Test func extensionsAreUnderstoodOrNamed() throws {
        for name in ["KHR_materials_unlit", "KHR_mesh_quantization", "KHR_texture_transform"] {
            let bytes = try SquareFiles.glb(material: textured, root: "\"extensionsRequired\":[\"\(name)\"],")
            #expect(SquareFiles.quadrants(try read(bytes, "a.glb")) == SquareFiles.whole)
        }
        for name in ["KHR_draco_mesh_compression", "EXT_texture_webp", "EXT_meshopt_compression"] {
            let error = #expect(throws: MeshError.self) {
                try read(
                    try SquareFiles.glb(
                        material: textured,
                        root: "\"extensionsRequired\":[\"KHR_materials_unlit\",\"\(name)\"],"),
                    "a.glb")
            }
            #expect(try #require(error).description.contains(name))
        }
        let glowing =
            "{\"emissiveFactor\":[1,1,1],\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":0}}}"
        #expect(
            try read(try SquareFiles.glb(material: glowing), "a.glb").notes.contains { $0.contains("glows") })
    }

    @Test func quantisedPositionsAreFractionsOrNumbers() throws {
        for (isNormalized, factor) in [(true, Float(1) / 127), (false, 1)] {
            var binary = [0x81, 0x81, 0, 0, 0x7F, 0x81, 0, 0, 0x7F, 0x7F, 0, 0].map { UInt8($0) }
            binary += [0, 0, 1, 0, 2, 0, 0, 0]
            let document = """
                {"asset":{"version":"2.0"},"nodes":[{"mesh":0}],"extensionsRequired":["KHR_mesh_quantization"],
                "meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],
                "accessors":[{"bufferView":0,"componentType":5120,"normalized":\(isNormalized),"count":3,"type":"VEC3"},
                {"bufferView":1,"componentType":5123,"count":3,"type":"SCALAR"}],
                "bufferViews":[{"buffer":0,"byteLength":12,"byteStride":4},
                {"buffer":0,"byteOffset":12,"byteLength":8}],"buffers":[{"byteLength":20}]}
                """
            let mesh = try read(SquareFiles.file(document, binary), "a.glb").mesh
            #expect(
                mesh.positions
                    == [SIMD3(-127, -127, 0), SIMD3(127, -127, 0), SIMD3(127, 127, 0)].map { $0 * factor })
        }
    }

    @Test func aLengthBeyondTheFileIsRefused() throws {
        var bytes = try SquareFiles.glb(material: textured)
        bytes[10] = 0x7F
        let error = #expect(throws: MeshError.self) { try read(bytes, "a.glb") }
        #expect(try #require(error).description.contains("cut short"))
    }
}
