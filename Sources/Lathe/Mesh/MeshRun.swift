// `lathe mesh`: extracts the mesh of a run again, at another resolution or in another format.

import Foundation
public import Meshes

/// The mesh of a field that exists already.
public struct MeshRun: Codable, Sendable {
    public var mesh: String
    public var topology: MeshTopology
    /// Mean overlap of its silhouettes with the field's, 0 … 1.
    public var silhouetteOverlap: Double

    /// Extracts and writes a mesh.
    /// - Parameters:
    ///   - path: A run directory or a `field.safetensors`.
    ///   - output: `.glb`, `.obj` or `.ply`.
    /// - Throws: `LatheError`: `badInput`, or `guaranteeFailed` if the field has no surface.
    public static func run(_ path: String, options: MeshOptions, output: String) throws -> MeshRun {
        try options.validate()
        let ending = (output as NSString).pathExtension.lowercased()
        guard ["glb", "obj", "ply"].contains(ending) else {
            throw LatheError.badInput(
                "meshes are not written as '\(output)'; use a name ending in .glb, .obj or .ply")
        }
        guard options.texture == 0 || ending == "glb" else {
            throw LatheError.badInput(
                "a picture over the surface is written to .glb only; leave --texture out for .\(ending)")
        }
        guard case .field(let field) = try Subject.open(path) else {
            throw LatheError.badInput("\(path) is a mesh already; give a run directory or a field")
        }
        let (textured, overlap) = try MeshExport.extract(field, options)
        let mesh = textured.mesh
        try LatheError.asking(.badInput) {
            switch ending {
            case "glb": try textured.writeGLB(to: output)
            case "obj": try mesh.writeOBJ(to: output)
            default: try mesh.writePLY(to: output)
            }
        }
        return MeshRun(mesh: output, topology: mesh.topology, silhouetteOverlap: overlap)
    }

    /// The result for a person.
    public var lines: [String] {
        let closed = topology.isWatertight ? "closed" : "open at \(topology.boundaryEdges) edges"
        return ["mesh    \(mesh): \(topology.vertices) vertices, \(topology.faces) faces, \(closed)"]
    }
}
