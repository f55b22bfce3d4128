// Meshes of fields: where the surface lies, what it looks like, and what is refused.

import Foundation
import Images
import Lathe
import Meshes
import Radiance
import Testing

@Suite struct MeshRunTests {
    private static let centre = SIMD3<Float>(0.15, -0.1, 0.05)
    private let folder: TemporaryFolder
    private let field: String

    init() throws {
        folder = try TemporaryFolder()
        field = "\(folder.path)/field.safetensors"
        let ball = try SolidField.ball(centre: Self.centre, radius: 0.55) {
            SolidField.sides($0 - Self.centre)
        }
        try FieldCheckpoint(field: ball).write(to: field)
    }

    /// Colours of the vertices that look along each axis, from a mesh of the ball.
    private func sides(_ mesh: Mesh) -> [String] {
        let directions: [SIMD3<Float>] = [[0, 0, 1], [1, 0, 0], [0, 0, -1], [-1, 0, 0]]
        return directions.map { direction in
            let place = mesh.positions.indices.max {
                ((mesh.positions[$0] - Self.centre) * direction).sum()
                    < ((mesh.positions[$1] - Self.centre) * direction).sum()
            }
            return place.map { colourName(mesh.colors[$0]) } ?? ""
        }
    }

    /// A grid that lay one cell off would move the surface by 2 / 31 = 0.065.
    private func expectBall(_ mesh: Mesh, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let box = try #require(mesh.bounds)
        let middle = (box.lower + box.upper) / 2, radii = (box.upper - box.lower) / 2
        for axis in 0..<3 {
            #expect(
                abs(middle[axis] - Self.centre[axis]) < 0.015, "\(middle)", sourceLocation: sourceLocation)
            // The density falls over 0.05 units, and smoothing takes a part of a cell off.
            #expect(abs(radii[axis] - 0.55) < 0.05, "\(radii)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: ["ply"])
    func aMeshLiesWhereItsFieldDoesAndHasItsColours(ending: String) throws {
        let output = "\(folder.path)/ball.\(ending)"
        let run = try MeshRun.run(field, options: MeshOptions(resolution: 32), output: output)
        #expect(run.mesh == output && run.topology.isWatertight && run.silhouetteOverlap > 0.95)
        #expect(
            run.lines == [
                "mesh    \(output): \(run.topology.vertices) vertices, \(run.topology.faces) faces, closed"
            ])
        let mesh = try TexturedMesh.read(from: output).mesh
        #expect(mesh.faces.count == run.topology.faces)
        try expectBall(mesh)
        #expect(sides(mesh) == ["red", "green", "blue", "yellow"])
    }

    @Test func aTexturedMeshIsReducedAndPainted() throws {
        let output = "\(folder.path)/ball.glb"
        let run = try MeshRun.run(
            field, options: MeshOptions(resolution: 32, faces: 400, texture: 128), output: output)
        #expect(run.topology.faces <= 400 && run.topology.isWatertight)
        let read = try TexturedMesh.read(from: output)
        #expect((read.materials.first?.texture?.width ?? 0) >= 128)
        try expectBall(read.mesh)
        #expect(sides(read.flattened) == ["red", "green", "blue", "yellow"])
    }

    @Test func whatIsNoFieldOrNoMeshFileIsRefused() throws {
        func refusal(_ path: String, _ options: MeshOptions, _ output: String) throws -> LatheMessage {
            let error = #expect(throws: LatheError.self) {
                _ = try MeshRun.run(path, options: options, output: "\(folder.path)/\(output)")
            }
            #expect(error?.code == .badInput)
            return error?.reason ?? ""
        }
        let options = MeshOptions(resolution: 16)
        #expect(try refusal(field, options, "ball.stl").description.contains("ball.stl"))
        #expect(
            try refusal(field, MeshOptions(resolution: 16, texture: 64), "ball.ply").options == [.texture])
        let coarse = try refusal(field, MeshOptions(resolution: 8), "ball.ply")
        #expect(coarse.options == [.resolution] && coarse.description.contains(" 8 "))
        let mesh = "\(folder.path)/other.ply"
        try Mesh(positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], faces: [[0, 1, 2]]).writePLY(to: mesh)
        #expect(try refusal(mesh, options, "ball.ply").description.contains("is a mesh already"))
        #expect(folder.names == ["field.safetensors", "other.ply"])
    }

    @Test func aFieldWithoutASurfaceIsAFailedGuarantee() throws {
        let empty = try SolidField.ball(centre: [5, 5, 5], radius: 0.1) { _ in [0.5, 0.5, 0.5] }
        let path = "\(folder.path)/empty.safetensors"
        try FieldCheckpoint(field: empty).write(to: path)
        let error = #expect(throws: LatheError.self) {
            _ = try MeshRun.run(
                path, options: MeshOptions(resolution: 16), output: "\(folder.path)/empty.ply")
        }
        #expect(error?.code == .guaranteeFailed)
    }
}
