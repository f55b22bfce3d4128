// A finished lift's field with the camera of its photograph.

import Foundation
package import Radiance

/// What a run's checkpoint holds for those who look at the result.
package struct LiftedField {
    /// The field to show.
    package let field: RadianceField
    /// The camera from which the field looks like the photograph.
    package let camera: Camera

    private struct Notes: Decodable {
        var referenceCamera: Camera?
    }

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
