// Extracts the mesh of an existing field.

import Foundation
public import Meshes

/// A mesh extracted from an existing field.
public struct MeshRun: Codable, Sendable {
    /// Path of the mesh.
    public var mesh: String
    /// Counts of vertices, edges and faces, and whether it is closed.
    public var topology: MeshTopology
    /// Mean IoU of its silhouettes with the field's, 0 … 1.
    public var silhouetteOverlap: Double

    /// Extracts and writes a mesh.
    /// - Parameters:
    ///   - path: a run directory or a `field.safetensors`.
    ///   - options: resolution, faces, texture.
    ///   - output: `.glb`, `.obj` or `.ply`.
    /// - Throws: `LatheError`: `badInput` for a path or option that cannot be used, `guaranteeFailed` if the
    ///   field has no surface.
    /// - Returns: what was written.
    public static func run(_ path: String, options: MeshOptions, output: String) throws -> MeshRun {
        try options.validate()
        let ending = (output as NSString).pathExtension.lowercased()
        guard ["glb", "obj", "ply"].contains(ending) else {
            throw LatheError.badInput(
                "meshes are not written as '\(output)'; use a name ending in .glb, .obj or .ply")
        }
        guard options.texture == 0 || ending == "glb" else {
            throw LatheError.badInput(
                "a picture over the surface is written to .glb only; leave \(.texture) out for .\(ending)")
        }
        guard case .field(let field) = try Subject.open(path) else {
            throw LatheError.badInput("\(path) is a mesh already; give a run directory or a field")
        }
        let (textured, overlap) = try MeshExport.extract(
            field.field, photograph: field.photograph, options)
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

    /// The result as lines of text.
    package var lines: [String] {
        let closed = topology.isWatertight ? "closed" : "open at \(topology.boundaryEdges) edges"
        return ["mesh    \(mesh): \(topology.vertices) vertices, \(topology.faces) faces, \(closed)"]
    }
}
