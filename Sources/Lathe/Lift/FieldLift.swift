// The field of one lift: the distiller with its prior and reference, and the results.

import Arrays
import Compositing
import Distillation
import Foundation
import Images
import Meshes
import Radiance

/// Distils a field from a prior and a reference picture, step by step.
final class FieldLift {
    private var distiller: Distiller
    /// The framed object, premultiplied RGBA, at the largest size of the reference loss.
    private let reference: NDArray
    /// The framed object, premultiplied RGBA, at the photograph's resolution, 64 to 512 pixels a side.
    private let photograph: NDArray

    /// Loads the prior and initialises a field.
    /// - Throws: `LatheError`: `badInput` for settings, `modelUnusable` for the prior.
    init(_ cutout: Cutout, caption: String, options: LiftOptions, session: ModelSession) throws {
        let configuration = try LiftSettings.configuration(options)
        reference = cutout.framed(size: configuration.referenceSizes.max() ?? 128)
        photograph = cutout.framed(size: cutout.nativeSide)
        let prior = try session.viewPrior(
            reference: reference, caption: caption, elevation: configuration.elevation)
        let picture = reference
        distiller = try LatheError.asking(.badInput) {
            try Distiller(configuration, prior: prior, reference: picture)
        }
    }

    /// Resumes from a checkpoint.
    init(resumingFrom path: String, caption: String, options: LiftOptions, session: ModelSession) throws {
        let configuration = try LiftSettings.configuration(options)
        let checkpoint = try LatheError.asking(.badInput) { try FieldCheckpoint(path: path) }
        guard let reference = checkpoint.arrays[LiftedField.referenceKey], reference.rank == 3 else {
            throw LatheError.badInput("\(path) lacks the picture that it was lifted from; run the lift again")
        }
        self.reference = reference
        photograph = checkpoint.arrays[LiftedField.photographKey] ?? reference
        let prior = try session.viewPrior(
            reference: reference, caption: caption, elevation: configuration.elevation)
        distiller = try LatheError.asking(.badInput) {
            try Distiller(resuming: checkpoint, prior: prior, reference: reference)
        }
    }

    // MARK: Steps

    /// Number of events so far.
    var remarks: Int { distiller.events.count }

    var step: Int { distiller.step }
    var total: Int { distiller.configuration.steps }
    /// PSNR of the photograph's view in dB; nil until its camera is known.
    private(set) var quality: Double?

    /// Metrics and events of one step.
    struct Progress {
        var metrics: [String: Double]
        var notes: [String]
    }

    /// Takes one step; nil when all are taken.
    func advance() throws -> Progress? {
        let before = distiller.mirrors
        guard let state = distiller.next() else { return nil }
        quality = state.referenceQuality ?? quality
        var metrics = state.losses
        metrics["front PSNR"] = state.referenceQuality
        metrics["timestep"] = Double(state.timestep)
        var notes = state.events.map(\.description)
        if mirrors != before { notes.append(Self.remark(on: mirrors)) }
        return Progress(metrics: metrics, notes: notes)
    }

    private static func remark(on planes: [MirrorPlane]) -> String {
        guard let plane = planes.first, planes.count == 1 else {
            return "alike from all sides: the sides and the back are taken from the photograph"
        }
        let degrees = Int(abs(plane.azimuth).rounded()), side = plane.azimuth > 0 ? "right" : "left"
        return plane.showsOtherSide
            ? "mirror-symmetric about a plane turned \(degrees) degrees to the \(side): what the photograph does not "
                + "show is taken from its mirror image where that shows it"
            : "mirror-symmetric, seen from the front: the mirrored photograph shows no other side"
    }

    /// Whether to save a preview: ten times per run, and at its end.
    var isTimeForPreview: Bool { step == total || step % max(1, total / 10) == 0 }

    /// Front, left, back and right view in a row.
    func preview() -> Image {
        let size = 96
        let views = [0, 90, 180, 270].map { azimuth in
            Image(premultiplied: distiller.preview(Camera(azimuth: azimuth, elevation: 15), size: size))
                .composited(over: [1, 1, 1])
        }
        return Image.contactSheet(views, columns: views.count)
    }

    // MARK: Results

    /// The field for rendering.
    var field: RadianceField { distiller.result }

    /// The object's planes of symmetry, once they are found.
    var mirrors: [MirrorPlane] { distiller.mirrors }

    /// The photograph, once its camera is known.
    var placedPhotograph: PlacedPhotograph? {
        distiller.referenceCamera.map { PlacedPhotograph(pixels: photograph, camera: $0, mirrors: mirrors) }
    }

    /// Scores of the photograph's view.
    var scores: [String: Double] {
        guard let placed = placedReference else { return [:] }
        let (psnr, overlap) = placed.agreement(with: distiller.preview(placed.camera, size: placed.side))
        return ["front PSNR": psnr, "front IoU": overlap]
    }

    /// Scores of the photograph's view of the mesh; compare with those of the field.
    func scores(of mesh: TexturedMesh) -> [String: Double] {
        guard let placed = placedReference else { return [:] }
        let view = MeshView(mesh).view(from: placed.camera, size: placed.side, needsNormals: false)
        let (psnr, overlap) = placed.agreement(with: view.colour)
        return ["mesh front PSNR": psnr, "mesh front IoU": overlap]
    }

    /// The photograph at the size at which the field was compared with it.
    private var placedReference: PlacedPhotograph? {
        distiller.referenceCamera.map { PlacedPhotograph(pixels: reference, camera: $0) }
    }

    /// Writes a checkpoint; resuming from it gives bit-identical results.
    func save(to path: String) throws {
        try LatheError.asking(.badInput) {
            var checkpoint = try distiller.checkpoint()
            checkpoint.arrays[LiftedField.referenceKey] = reference
            checkpoint.arrays[LiftedField.photographKey] = photograph
            try checkpoint.write(to: path)
        }
    }
}
