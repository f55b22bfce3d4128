// Meshes written, read back, reduced and re-rendered.

import Foundation
import Meshes
import Testing

@Suite struct MeshFileTests {
    static func coloredSphere() -> Mesh {
        var mesh = Mesh(levelSetOf: MarchingCubesTests.sphere(resolution: 32), level: 0).withComputedNormals()
        mesh.colors = mesh.positions.map { ($0 + 1) / 2 }
        return mesh
    }

    static func temporaryPath(_ name: String) -> String {
        NSTemporaryDirectory() + "lathe-mesh-\(UUID().uuidString)-\(name)"
    }

    @Test func binaryGLTFReadsBackTheSameMesh() throws {
        let mesh = Self.coloredSphere()
        let path = Self.temporaryPath("sphere.glb")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try mesh.writeGLB(to: path)
        let read = try Mesh.read(from: path)
        #expect(read.positions == mesh.positions)
        #expect(read.faces == mesh.faces)
        // Colours pass through linear light and back in single precision.
        for (a, b) in zip(read.colors, mesh.colors) { #expect(((a - b) * (a - b)).max() < 1e-10) }
    }

    @Test(arguments: [0, 4, 12, 19, 40, 200, 1000])
    func aDamagedFileIsRefusedInOneLine(cut: Int) throws {
        let path = Self.temporaryPath("cut.glb")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.coloredSphere().writeGLB(to: path)
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.prefix(cut).write(to: URL(filePath: path))
        let error = #expect(throws: MeshError.self) { try Mesh.read(from: path) }
        #expect(error?.description.contains("\n") == false)
    }

    @Test func anEmptyMeshIsNotWritten() {
        let path = Self.temporaryPath("empty.glb")
        #expect(throws: MeshError.self) { try Mesh.empty.writeGLB(to: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func decimationKeepsTheSolidClosed() {
        let mesh = Self.coloredSphere()
        let reduced = mesh.decimated(toFaces: 800)
        #expect(reduced.faces.count <= 800)
        #expect(reduced.topology.isWatertight)
        #expect(reduced.topology.eulerCharacteristic == 2)
        // Collapses stay on edges, inside the sphere: 800 faces lose about 2 % of its volume.
        #expect(abs(reduced.topology.volume / mesh.topology.volume - 1) < 0.04)
        let torus = Mesh(levelSetOf: MarchingCubesTests.torus(), level: 0)
        #expect(torus.decimated(toFaces: 600).topology.eulerCharacteristic == 0)
    }

    @Test func decimationLeavesOpenRimsInPlace() {
        var half = Self.coloredSphere()
        half.faces = half.faces.filter { face in (0..<3).allSatisfy { half.positions[Int(face[$0])].y > 0 } }
        half = half.compacted()
        let reduced = half.decimated(toFaces: 500)
        #expect(reduced.faces.count <= 500 && half.faces.count > 1000)
        #expect(reduced.topology.boundaryEdges == half.topology.boundaryEdges)
        #expect(reduced.topology.nonManifoldEdges == 0)
    }

    @Test func theSilhouetteOfASphereIsADisc() {
        let camera = MeshCamera(
            position: SIMD3(0, 0, 2.7), right: SIMD3(1, 0, 0), up: SIMD3(0, 1, 0), forward: SIMD3(0, 0, -1),
            focal: 100, center: SIMD2(64, 64))
        let picture = Mesh(levelSetOf: MarchingCubesTests.sphere(), level: 0).picture(
            from: camera, width: 128, height: 128)
        // The cone of tangents has radius f·r/√(d² − r²) on the picture.
        let radius: Float = 100 * 0.7 / (2.7 * 2.7 - 0.49).squareRoot()
        let area = picture.coverage.reduce(0, +)
        #expect(abs(area / (.pi * radius * radius) - 1) < 0.01)
        #expect(abs(picture.depth[64 * 128 + 64] - 2) < 0.01)
        #expect(picture.normal[64 * 128 + 64].z > 0.99)
        // The solid is symmetric, so its picture must be centred.
        let rows = (0..<128).filter { y in (0..<128).contains { picture.coverage[y * 128 + $0] > 0 } }
        #expect((rows.first ?? 0) + (rows.last ?? 0) == 127)
    }
}
