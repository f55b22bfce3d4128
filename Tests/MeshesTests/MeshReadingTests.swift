// Reading meshes: our own files, other programs' files, damaged files.

import Files
import Foundation
import Images
import Meshes
import TestSupport
import Testing

/// A file with the given text or bytes, read back.
private func read(_ bytes: [UInt8], _ name: String = "mesh.obj") throws -> TexturedMesh {
    try withTemporaryFolder { folder in
        try writeFile(bytes, to: "\(folder)/\(name)")
        return try TexturedMesh.read(from: "\(folder)/\(name)")
    }
}

private func refusal(_ bytes: [UInt8]) throws -> String {
    let error = #expect(throws: MeshError.self) { try read(bytes) }
    let message = try #require(error).description
    #expect(!message.contains("\n"))
    return message
}

private struct MeshFacts: Decodable {
    let vertices: Int
    let triangles: Int
    let lower: [Float]
    let upper: [Float]
    let area: Float
    let closed: Bool
    let colour: String

    enum CodingKeys: String, CodingKey {
        case vertices, triangles, closed, colour
        case lower = "bbox_min"
        case upper = "bbox_max"
        case area = "surface_area"
    }
}

@Suite struct MeshReadingTests {
    @Test(arguments: ["sphere.obj", "sphere.ply", "sphere.glb"])
    func ownFilesReadBack(_ name: String) throws {
        let mesh = MeshFileTests.coloredSphere()
        let back = try withTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            switch name {
            case "sphere.obj": try mesh.writeOBJ(to: path)
            case "sphere.ply": try mesh.writePLY(to: path)
            default: try mesh.writeGLB(to: path)
            }
            return try Mesh.read(from: path)
        }
        #expect(back.positions == mesh.positions && back.faces == mesh.faces)
        #expect(back.topology.isWatertight)
        // PLY keeps 8 bits of a colour.
        for (a, b) in zip(back.colors, mesh.colors) { #expect(((a - b) * (a - b)).max() < 4e-6) }
    }

    @Test func polygonsNegativeIndicesAndPartsOfCorners() throws {
        let text = """
            # a comment
            o thing
            v 0 0 0 1.0
            v 1 0 0 1.0
            v 1 1 0 1.0
            v 0 1 0 1.0
            vt 0.5
            vn 0 0 1
            f -4/1/1 -3/1/1 -2/1/1 -1/1/1
            f 1//1 2//1 3//1 # tail
            """
        let mesh = try read(Array(text.utf8)).mesh
        #expect(mesh.faces == [SIMD3(0, 1, 2), SIMD3(0, 2, 3), SIMD3(0, 1, 2)])
        #expect(mesh.colors.isEmpty && mesh.normals[0] == SIMD3(0, 0, 1))
    }

    @Test func materialsOfTheFolderAreRead() throws {
        let picture = Image(width: 2, height: 1, channels: 3, bytes: [255, 0, 0, 0, 0, 255])
        let text = """
            mtllib m.mtl
            v 0 0 0
            v 1 0 0
            v 0 1 0
            vt 0.25 0.5
            vt 0.75 0.5
            usemtl painted
            f 1/1 2/2 3/1
            usemtl plain
            f 1 3 2
            usemtl absent
            f 1 2 3
            """
        let mesh = try withTemporaryFolder { folder in
            try picture.savePNG(folder + "/t.png")
            try writeFile(
                "newmtl painted\nKd 0.8 0.8 0.8\nmap_Kd t.png\nnewmtl plain\nKd 0 1 0\nmap_Kd ../t.png\n",
                to: folder + "/m.mtl")
            try writeFile(text, to: folder + "/a.obj")
            return try TexturedMesh.read(from: folder + "/a.obj")
        }
        #expect(mesh.faceMaterials == [0, 1, 2])
        #expect(mesh.materials[0].color(at: mesh.coordinates[0]) == SIMD3(1, 0, 0))
        #expect(mesh.materials[0].color(at: mesh.coordinates[1]) == SIMD3(0, 0, 1))
        #expect(mesh.materials[1].color == SIMD3(0, 1, 0) && mesh.materials[1].texture == nil)
        #expect(
            mesh.notes.count == 2 && mesh.notes[0].contains("outside") && mesh.notes[1].contains("absent"))
        // Vertex 1 is blue in the first face, green in the second, grey in the third.
        let mean = mesh.flattened.colors[1]
        #expect(abs(mean.y - 1.7 / 3) < 1e-5 && abs(mean.z - 1.7 / 3) < 1e-5)
    }

    @Test func textPLYWithOtherElements() throws {
        let text = """
            ply
            format ascii 1.0
            comment from elsewhere
            element vertex 3
            property double x
            property float64 y
            property float z
            property float red
            property float green
            property float blue
            element edge 1
            property int a
            property list uchar int b
            element face 1
            property uchar flags
            property list uint8 int32 vertex_index
            end_header
            0 0 0 1 0 0.5
            1 0 0 1 0 0.5
            0 1 0
            1 0 0.5
            7 2 1 1
            9 3 0 1 2
            """
        let mesh = try read(Array(text.utf8)).mesh
        #expect(mesh.faces == [SIMD3(0, 1, 2)] && mesh.colors[2] == SIMD3(1, 0, 0.5))
        let cut = try refusal(Array(text.dropLast(6).utf8))
        #expect(cut.contains("cut short"))
    }

    @Test(arguments: [
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9", "vertex 9 of 3"), ("v 0 0 0\nf 0 1 1", "vertex 0"),
        ("v 0 0 0\nf -2 1 1", "vertex -2"), ("v 0 0\nf 1 1 1", "2 numbers"), ("v nan 0 0", "finite number"),
        ("v 1e999 0 0", "finite number"), ("v 0 0 0\nf 1 1", "2 corners"), ("v 0 0 0", "no face"),
        ("", "not a mesh"),
        ("v 0 0 0\nf 1/2 1/1 1/1", "texture coordinate 2 of 0"),
        ("v 0 0 0\nf 9223372036854775807 1 1", "vertex"),
        ("v 0 0 0\nf -9223372036854775808 1 1", "vertex"), ("ply\nend_header\n", "no face"),
        ("ply\n", "without end"),
        ("ply\nformat ascii 1.0\nelement vertex 9999999999\nend_header\n", "can hold"),
        ("ply\nformat ascii 1.0\nelement vertex -1\nend_header\n", "damaged element"),
        ("ply\nformat odd 1.0\nend_header\n", "unknown PLY format"), ("glTF", "not a binary glTF"),
        (
            "ply\nformat ascii 1.0\nelement vertex 1\nproperty list float float x\nend_header\n1e9 1\n",
            "without x"
        ),
        (
            "ply\nformat ascii 1.0\nelement e 1\nproperty list float float x\nend_header\n1e9 1\n",
            "list of 1000000000.0 entries"
        ),
    ])
    func refuses(_ text: String, saying reason: String) throws {
        let message = try refusal(Array(text.utf8))
        #expect(message.contains(reason), "\(message)")
    }

    @Test func aBakedPictureShowsTheFieldItWasPaintedFrom() throws {
        func field(_ p: SIMD3<Float>) -> SIMD3<Float> {
            SIMD3(0.5 + 0.5 * sin(9 * p.x), 0.5 + 0.5 * sin(7 * p.y), 0.5 + 0.5 * sin(8 * p.z))
        }
        let sphere = MeshFileTests.coloredSphere().decimated(toFaces: 1500)
        let baked = sphere.baked(textureSide: 512) { positions, _ in positions.map(field) }
        let camera = MeshCamera(
            position: SIMD3(0, 0, 2.7), right: SIMD3(1, 0, 0), up: SIMD3(0, 1, 0), forward: SIMD3(0, 0, -1),
            focal: 150, center: SIMD2(64, 64))
        let back = try withTemporaryFolder { folder in
            try baked.writeGLB(to: folder + "/a.glb")
            return try TexturedMesh.read(from: folder + "/a.glb")
        }
        #expect(back.mesh.faces.count == sphere.faces.count && back.materials.count == 1)
        for mesh in [baked, back] {
            let picture = mesh.picture(from: camera, width: 128, height: 128)
            var squares: Float = 0
            var count: Float = 0
            for pixel in 0..<128 * 128 where picture.coverage[pixel] > 0 {
                let z = picture.depth[pixel]
                let x = (Float(pixel % 128) + 0.5 - 64) * z / 150
                let y = (64 - Float(pixel / 128) - 0.5) * z / 150
                let difference = picture.color[pixel] - field(SIMD3(x, y, 2.7 - z))
                squares += (difference * difference).sum() / 3
                count += 1
            }
            // 8 bits and texels of 1/60 of the sphere leave less than this; a seam would show as more.
            #expect((squares / count).squareRoot() < 0.03)
        }
        let painted = sphere.painted { positions, normals in
            #expect(positions.count == normals.count)
            return positions.map(field)
        }
        #expect(painted.colors == sphere.positions.map(field))
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func otherProgramsMeshesReadAsStated() throws {
        let folder = try #require(TestData.folder) + "/meshes/"
        let table = try JSONDecoder().decode(
            [String: MeshFacts].self, from: Data(contentsOf: URL(filePath: folder + "meshes.json")))
        for (name, facts) in table {
            let textured = try TexturedMesh.read(from: folder + name)
            let mesh = textured.mesh
            #expect(mesh.positions.count == facts.vertices && mesh.faces.count == facts.triangles, "\(name)")
            let box = try #require(mesh.bounds)
            let size = (box.upper - box.lower).max()
            for axis in 0..<3 {
                #expect(abs(box.lower[axis] - facts.lower[axis]) < 1e-4 * size + 1e-5, "\(name)")
                #expect(abs(box.upper[axis] - facts.upper[axis]) < 1e-4 * size + 1e-5, "\(name)")
            }
            #expect(abs(mesh.topology.area / facts.area - 1) < 2e-3, "\(name): \(mesh.topology.area)")
            #expect(textured.notes.isEmpty, "\(textured.notes)")
            #expect(textured.materials.contains { $0.texture != nil } == (facts.colour == "texture"))
            let colors = textured.flattened.colors
            #expect(colors.count == mesh.positions.count)
            #expect(Set(colors.map { $0.x }).count > 1, "\(name) has one colour")
        }
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func damagedMeshesAreRefusedInOneLine() throws {
        let files = try TestData.bad("meshes/")
        #expect(files.count >= 14)
        for (path, expectation) in files {
            do {
                let mesh = try TexturedMesh.read(from: path)
                #expect(expectation.expect != "refuse", "\(path) was accepted: \(expectation.why)")
                #expect(mesh.mesh.normals.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
            } catch {
                #expect(expectation.expect != "accept", "\(error)")
                #expect(!error.description.contains("\n"))
            }
        }
    }

    /// Damaged bytes give a mesh or an error, never a trap.
    @Test func mutatedFilesNeverTrap() throws {
        let sphere = MeshFileTests.coloredSphere().decimated(toFaces: 24)
        let baked = sphere.baked(textureSide: 32) { positions, _ in positions }
        var refused = 0
        try withTemporaryFolder { folder in
            try sphere.writeGLB(to: folder + "/a.glb")
            try baked.writeGLB(to: folder + "/b.glb")
            try sphere.writePLY(to: folder + "/a.ply")
            try sphere.writeOBJ(to: folder + "/a.obj")
            var state: UInt64 = 11
            func random(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            for name in ["a.glb", "b.glb", "a.ply", "a.obj"] {
                let good = try fileBytes("\(folder)/\(name)")
                for _ in 0..<100 {
                    var bytes = good
                    for _ in 0...random(3) {
                        let place = random(random(2) == 0 ? min(bytes.count, 1500) : bytes.count)
                        switch random(3) {
                        case 0: bytes[place] = UInt8(random(256))
                        case 1: bytes[place] ^= 1 << UInt8(random(8))
                        default: bytes[place] = UInt8(ascii: "9")
                        }
                    }
                    // Not our own writer, which waits for the disk each time.
                    try Data(bytes).write(to: URL(filePath: folder + "/m"))
                    do {
                        _ = try TexturedMesh.read(from: folder + "/m").flattened
                    } catch {
                        #expect(error is MeshError)
                        refused += 1
                    }
                }
            }
        }
        #expect(refused > 60)
    }
}
