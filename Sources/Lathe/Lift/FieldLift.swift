// The field of one lift: the distiller with its prior and reference, and the results.

import Arrays
import Compositing
import Distillation
import Foundation
import Images
import Radiance

/// Distils a field from a prior and a reference picture, step by step.
final class FieldLift {
    private var distiller: Distiller
    /// The framed object, premultiplied RGBA, at the largest size of the reference loss.
    private let reference: NDArray

    /// Loads the prior and initialises a field.
    /// - Throws: `LatheError`: `badInput` for settings, `modelUnusable` for the prior.
    init(_ cutout: Cutout, caption: String, options: LiftOptions, session: ModelSession) throws {
        let configuration = try LiftSettings.configuration(options)
        reference = cutout.framed(size: configuration.referenceSizes.max() ?? 128)
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
        guard let reference = checkpoint.arrays[FieldLift.referenceKey], reference.rank == 3 else {
            throw LatheError.badInput("\(path) lacks the picture that it was lifted from; run the lift again")
        }
        self.reference = reference
        let prior = try session.viewPrior(
            reference: reference, caption: caption, elevation: configuration.elevation)
        distiller = try LatheError.asking(.badInput) {
            try Distiller(resuming: checkpoint, prior: prior, reference: reference)
        }
    }

    private static let referenceKey = "reference"

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
        guard let state = distiller.next() else { return nil }
        quality = state.referenceQuality ?? quality
        var metrics = state.losses
        metrics["front PSNR"] = state.referenceQuality
        metrics["timestep"] = Double(state.timestep)
        return Progress(metrics: metrics, notes: state.events.map(\.description))
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

    /// Scores of the photograph's view.
    var scores: [String: Double] {
        guard let camera = distiller.referenceCamera else { return [:] }
        let size = reference.shape[0]
        let seen = distiller.preview(camera, size: size)
        let (found, truth) = (FieldLift.parts(of: seen), FieldLift.parts(of: reference))
        return [
            "front PSNR": PictureScores.psnr(found.colour, truth.colour, inside: truth.opacity),
            "front IoU": PictureScores.intersectionOverUnion(found.opacity, truth.opacity),
        ]
    }

    /// Premultiplied colour `[n, 3]` and opacity `[n]`.
    private static func parts(of picture: NDArray) -> (colour: NDArray, opacity: NDArray) {
        let count = picture.count / 4
        let pixels = picture.scalars
        let colour = NDArray(shape: [count, 3]) { out in
            for i in 0..<count { for k in 0..<3 { out[3 * i + k] = pixels[4 * i + k] } }
        }
        return (colour, NDArray((0..<count).map { pixels[4 * $0 + 3] }, shape: [count]))
    }

    /// Writes a checkpoint; resuming from it gives bit-identical results.
    func save(to path: String) throws {
        try LatheError.asking(.badInput) {
            var checkpoint = try distiller.checkpoint()
            checkpoint.arrays[FieldLift.referenceKey] = reference
            try checkpoint.write(to: path)
        }
    }
}
