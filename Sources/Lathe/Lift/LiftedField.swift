// The field of a finished lift with the camera of its photograph.

import Foundation
package import Radiance

/// The results in a lift's checkpoint.
package struct LiftedField {
    /// The field for rendering.
    package let field: RadianceField
    /// The framed photograph and its camera.
    package let photograph: PlacedPhotograph
    /// The camera of the photograph's view.
    package var camera: Camera { photograph.camera }

    /// Names of the arrays in which a lift's checkpoint keeps its pictures: the framed object at the largest size of
    /// the reference loss, and at the photograph's resolution.
    static let referenceKey = "reference", photographKey = "photograph"

    private struct Notes: Decodable {
        var referenceCamera: Camera?
    }

    /// Reads the checkpoint of a run.
    /// - Throws: `LatheError` (`badInput`) if the run holds no lifted field.
    package init(run: String) throws {
        let path = RunDirectory(path: run).field
        (field, photograph) = try LatheError.asking(.badInput) {
            let checkpoint = try FieldCheckpoint(path: path)
            guard let photograph = try LiftedField.photograph(of: checkpoint) else {
                throw LatheError.badInput(
                    "\(path) is of no lift whose photograph has found its place; lift again")
            }
            return (checkpoint.shown, photograph)
        }
    }

    /// The photograph in a lift's checkpoint; nil in a capture's, and in a lift's before its camera is known.
    static func photograph(of checkpoint: FieldCheckpoint) throws -> PlacedPhotograph? {
        // Checkpoints of earlier versions have the smaller picture alone.
        guard let text = checkpoint.notes["distillation"],
            let pixels = checkpoint.arrays[photographKey] ?? checkpoint.arrays[referenceKey],
            pixels.rank == 3, pixels.shape[0] == pixels.shape[1], pixels.shape[2] == 4,
            let camera = try JSONDecoder().decode(Notes.self, from: Data(text.utf8)).referenceCamera
        else { return nil }
        return PlacedPhotograph(pixels: pixels, camera: camera)
    }
}
