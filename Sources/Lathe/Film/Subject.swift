// The subject of a turntable or mesh command: a run, a field file or a mesh file.

import Foundation
package import Meshes
import Radiance

/// Something on disk that can be filmed.
package enum Subject {
    case field(PhotographedField)
    case mesh(TexturedMesh)

    /// Opens a run directory, a `field.safetensors` or a mesh (`.glb`, `.obj`, `.ply`).
    /// - Throws: `LatheError` (`badInput`) if it is none of these or damaged.
    package static func open(_ path: String) throws -> Subject {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LatheError.badInput("\(path) does not exist; give a run directory, a field or a mesh")
        }
        if isFolder(path) {
            let field = RunDirectory(path: path).field
            guard isFile(field) else {
                throw LatheError.badInput("\(path) holds no field.safetensors; give the directory of a run")
            }
            return try open(field)
        }
        return try LatheError.asking(.badInput) {
            switch (path as NSString).pathExtension.lowercased() {
            case "safetensors":
                let checkpoint = try FieldCheckpoint(path: path)
                return .field(
                    PhotographedField(
                        checkpoint.shown, photograph: try LiftedField.photograph(of: checkpoint)))
            case "glb", "obj", "ply": return .mesh(try TexturedMesh.read(from: path).framed())
            default:
                throw LatheError.badInput(
                    "\(path) is no run directory, no .safetensors field and no .glb, .obj or .ply mesh")
            }
        }
    }

    /// What of a mesh file is not shown, one line each.
    var notes: [String] {
        switch self {
        case .field: []
        case .mesh(let mesh): mesh.notes
        }
    }

    /// The subject as seen by a camera.
    package var viewable: any Viewable {
        switch self {
        case .field(let field): field
        case .mesh(let mesh): MeshView(mesh)
        }
    }
}

extension TexturedMesh {
    /// The mesh centred and scaled to radius 0.9 if it does not fit the scene's unit sphere.
    ///
    /// Meshes of other programs may have any unit and origin; those of runs stay unchanged.
    func framed() -> TexturedMesh {
        guard let box = mesh.bounds else { return self }
        let centre = (box.lower + box.upper) / 2
        let farthest = mesh.positions.map { (($0 - centre) * ($0 - centre)).sum() }.max() ?? 0
        let radius = farthest.squareRoot()
        let offset = (centre * centre).sum().squareRoot()
        guard radius > 0, radius.isFinite, offset + radius > 1.3 || radius < 0.4 else { return self }
        var result = self
        result.mesh.positions = mesh.positions.map { ($0 - centre) * (0.9 / radius) }
        return result
    }
}

extension FieldCheckpoint {
    /// The field for rendering: with averaged parameters (EMA) where the checkpoint has them.
    var shown: RadianceField { optimizer?.averaged(field) ?? field }
}
