// Fits a field to pictures with known cameras, with checkpoints.

import Distillation
import Foundation
public import Radiance

/// The result of a fit.
public struct FitResult: Codable, Sendable {
    /// Path of the field's checkpoint.
    public let field: String
    /// Number of steps taken.
    public let steps: Int
    /// Number of training pictures.
    public let pictures: Int
    /// Mean PSNR over the held-out pictures, dB over white; nil without `transforms_test.json`.
    public let heldOutQuality: Double?
    /// Duration in seconds.
    public let seconds: Double

    /// The result as lines of text.
    package var lines: [String] {
        let judged = heldOutQuality.map { String(format: ", %.1f dB on held-out pictures", $0) } ?? ""
        return [
            "\(steps) steps on \(pictures) pictures in \(String(format: "%.0f", seconds)) s\(judged)", field,
        ]
    }
}

/// Fits a field to a NeRF-synthetic folder.
public enum FitRun {
    private static let secondsBetweenCheckpoints = 30.0

    /// Fits a field, saving `field.safetensors` in `output` regularly and at the end.
    /// - Parameters:
    ///   - configuration: settings of the fit.
    ///   - folder: holds `transforms_train.json` and optionally `transforms_test.json`.
    ///   - output: the folder to write.
    ///   - resume: whether to continue from the checkpoint in `output`.
    ///   - progress: called after every step; what it throws ends the fit after saving a checkpoint.
    /// - Throws: `LatheError` (`badInput`) for a folder, picture or setting that cannot be used.
    /// - Returns: path and quality of the field.
    public static func run(
        _ configuration: FitConfiguration, folder: String, output: String, resume: Bool = false,
        progress: (FitState) throws -> Void = { _ in }
    ) throws -> FitResult {
        let start = Date.now
        let path = output + "/field.safetensors"
        let train = try LatheError.asking(.badInput) { try PosedPictures(folder: folder, part: "train") }
        var fitting = try LatheError.asking(.badInput) {
            guard resume else { return try FieldFitting(configuration, pictures: train) }
            return try FieldFitting(configuration, pictures: train, from: FieldCheckpoint(path: path))
        }
        try LatheError.asking(.badInput) {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        }
        var saved = Date.now
        func save(_ checkpoint: FieldCheckpoint) throws {
            try LatheError.asking(.badInput) { try checkpoint.write(to: path) }
            saved = .now
        }
        while let state = fitting.next() {
            let isDue = Date.now.timeIntervalSince(saved) > secondsBetweenCheckpoints
            if isDue || state.step == state.total { try save(fitting.checkpoint) }
            do {
                try progress(state)
            } catch {
                try save(fitting.checkpoint)
                throw error
            }
        }
        var quality: Double?
        if FileManager.default.fileExists(atPath: folder + "/transforms_test.json") {
            let test = try LatheError.asking(.badInput) { try PosedPictures(folder: folder, part: "test") }
            quality = fitting.result.peakSignalToNoise(on: test)
        }
        return FitResult(
            field: path, steps: fitting.step, pictures: train.count, heldOutQuality: quality,
            seconds: Date.now.timeIntervalSince(start))
    }
}
