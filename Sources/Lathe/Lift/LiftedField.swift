// The field of a finished lift with the camera of its photograph.

import Files
import Foundation
package import Radiance

/// The results in a lift's checkpoint.
package struct LiftedField {
    /// The field for rendering.
    package let field: RadianceField
    /// The camera of the photograph's view.
    package let camera: Camera
    /// The framed photograph; nil in a checkpoint that keeps none.
    package let photograph: PlacedPhotograph?

    /// Names of the arrays in which a lift's checkpoint keeps its pictures: the framed object at the largest size of
    /// the reference loss, and at the photograph's resolution.
    static let referenceKey = "reference", photographKey = "photograph"

    private struct Notes: Decodable {
        var referenceCamera: Camera?
        var mirrors: [MirrorPlane]?
    }

    /// Reads the checkpoint of a run.
    /// - Throws: `LatheError` (`badInput`) if the run holds no lifted field.
    package init(run: String) throws {
        let path = RunDirectory(path: run).field
        (field, camera, photograph) = try LatheError.asking(.badInput) {
            let checkpoint = try FieldCheckpoint(path: path)
            guard let notes = try LiftedField.notes(of: checkpoint), let camera = notes.referenceCamera else {
                throw LatheError.badInput(
                    "\(path) is of no lift whose photograph has found its place; lift again")
            }
            return (checkpoint.shown, camera, LiftedField.photograph(of: checkpoint, notes))
        }
    }

    /// The photograph in a lift's checkpoint; nil in a capture's, and in a lift's before its camera is known.
    static func photograph(of checkpoint: FieldCheckpoint) throws -> PlacedPhotograph? {
        try notes(of: checkpoint).flatMap { photograph(of: checkpoint, $0) }
    }

    private static func notes(of checkpoint: FieldCheckpoint) throws -> Notes? {
        guard let text = checkpoint.notes["distillation"] else { return nil }
        let data = Data(text.utf8)
        do {
            return try JSONDecoder().decode(Notes.self, from: data)
        } catch {
            throw LatheError.badInput(
                "the field's notes on its lift cannot be read: \(JSONReason(error, in: data).text); the file is damaged"
            )
        }
    }

    private static func photograph(of checkpoint: FieldCheckpoint, _ notes: Notes) -> PlacedPhotograph? {
        // Checkpoints of earlier versions have the smaller picture alone.
        guard let camera = notes.referenceCamera,
            let pixels = checkpoint.arrays[photographKey] ?? checkpoint.arrays[referenceKey],
            pixels.rank == 3, pixels.shape[0] == pixels.shape[1], pixels.shape[2] == 4
        else { return nil }
        return PlacedPhotograph(pixels: pixels, camera: camera, mirrors: notes.mirrors ?? [])
    }
}
