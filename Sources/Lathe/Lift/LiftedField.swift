// The field of a finished lift with the camera of its photograph.

import Foundation
package import Radiance

/// The results in a lift's checkpoint.
package struct LiftedField {
    /// The field for rendering.
    package let field: RadianceField
    /// The camera of the photograph's view.
    package let camera: Camera

    private struct Notes: Decodable {
        var referenceCamera: Camera?
    }

    /// Reads the checkpoint of a run.
    /// - Throws: `LatheError` (`badInput`) if the run holds no lifted field.
    package init(run: String) throws {
        let path = RunDirectory(path: run).field
        (field, camera) = try LatheError.asking(.badInput) {
            let checkpoint = try FieldCheckpoint(path: path)
            guard let text = checkpoint.notes["distillation"],
                let camera = try JSONDecoder().decode(Notes.self, from: Data(text.utf8)).referenceCamera
            else {
                throw LatheError.badInput(
                    "\(path) is of no lift whose photograph has found its place; lift again")
            }
            return (checkpoint.shown, camera)
        }
    }
}
