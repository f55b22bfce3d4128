// What `lathe turntable` and `lathe mesh` look at: a run, a field file or a mesh file.

import Foundation
package import Meshes
package import Radiance

/// Something on disk that can be filmed.
package enum Subject {
    case field(RadianceField)
    case mesh(Mesh)

    /// Opens a run directory, a `field.safetensors` or a mesh (`.glb`).
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
            case "safetensors": return .field(try FieldCheckpoint(path: path).shown)
            case "glb": return .mesh(try Mesh.readGLB(from: path))
            default:
                throw LatheError.badInput(
                    "\(path) is no run directory, no .safetensors field and no .glb mesh")
            }
        }
    }

    package var viewable: any Viewable {
        switch self {
        case .field(let field): field
        case .mesh(let mesh): MeshView(mesh)
        }
    }
}

extension FieldCheckpoint {
    /// The field to show: with averaged parameters where the run keeps averages.
    var shown: RadianceField { optimizer?.averaged(field) ?? field }
}
