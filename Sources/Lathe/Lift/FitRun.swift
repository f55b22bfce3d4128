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
    ///   - resume: whether to continue from the checkpoint in `output`. An unfinished fit with these settings goes on
    ///     without it too, and says so; one with other settings, and a lift, are not written over.
    ///   - progress: called after every step; what it throws ends the fit after saving a checkpoint.
    ///   - note: called with remarks for the user.
    /// - Throws: `LatheError` (`badInput`) for a folder, picture or setting that cannot be used.
    /// - Returns: path and quality of the field.
    public static func run(
        _ configuration: FitConfiguration, folder: String, output: String, resume: Bool = false,
        progress: (FitState) throws -> Void = { _ in }, note: (String) -> Void = { _ in }
    ) throws -> FitResult {
        let start = Date.now
        let path = output + "/field.safetensors"
        let train = try LatheError.asking(.badInput) { try PosedPictures(folder: folder, part: "train") }
        for remark in train.notes { note(remark) }
        // A damaged list of held-out pictures shows before the work, not after it.
        var test =
            FileManager.default.fileExists(atPath: folder + "/transforms_test.json")
            ? try LatheError.asking(.badInput) { try PosedPictures(folder: folder, part: "test") } : nil
        test?.background = train.background
        var fitting = try LatheError.asking(.badInput) { try FieldFitting(configuration, pictures: train) }
        let request = FitRequest(
            configuration: configuration,
            pictures: try Digest.sha256(ofFile: train.list ?? folder + "/transforms_train.json"))
        if let kept = try kept(request, train, in: output, resume: resume) {
            if !resume, kept.step < configuration.steps {
                note("\(output) holds an unfinished fit with these settings; going on at step \(kept.step)")
            }
            if resume || kept.step < configuration.steps { fitting = kept }
        }
        try Disk.createFolder(output)
        let lock = try RunLock(output)
        defer { withExtendedLifetime(lock) {} }
        try Disk.write(try LatheJSON.encode(request), to: FitRequest.path(in: output))
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
        let quality = test.map { fitting.result.peakSignalToNoise(on: $0) }
        return FitResult(
            field: path, steps: fitting.step, pictures: train.count, heldOutQuality: quality,
            seconds: Date.now.timeIntervalSince(start))
    }
    /// The fit that a folder holds; nil where there is none, or it may be replaced.
    /// - Throws: `LatheError` (`badInput`) if the folder may not be used.
    private static func kept(
        _ request: FitRequest, _ pictures: PosedPictures, in output: String, resume: Bool
    ) throws -> FieldFitting? {
        let elsewhere = "choose another folder with -o"
        guard !isFile("\(output)/run.json") else {
            throw LatheError.badInput("\(output) holds the run of a lift; \(elsewhere)")
        }
        guard isFolder(output) else {
            guard !FileManager.default.fileExists(atPath: output) else {
                throw LatheError.badInput("\(output) is a file; \(elsewhere)")
            }
            guard !resume else { throw LatheError.badInput("\(output) holds no fit to go on with") }
            return nil
        }
        guard !RunLock.isHeld(output) else { throw RunLock.refusal(output) }
        let path = "\(output)/field.safetensors"
        guard isFile(path) else {
            guard !resume else {
                throw LatheError.badInput("\(output) holds no field.safetensors to go on from")
            }
            return nil
        }
        let before = try FitRequest.load(from: output)
        if let before, before != request {
            let what = before.pictures == request.pictures ? "other settings" : "other pictures"
            let isFinished =
                try LatheError.asking(.badInput) { try FieldCheckpoint(path: path).step }
                >= before.configuration.steps
            // A finished fit of the same pictures is replaced, as by the same command.
            if isFinished, !resume, before.pictures == request.pictures { return nil }
            throw LatheError.badInput(
                "\(output) holds a fit with \(what); \(elsewhere), or give those it began with")
        }
        do {
            return try FieldFitting(
                request.configuration, pictures: pictures, from: FieldCheckpoint(path: path))
        } catch {
            throw LatheError.badInput(
                resume ? "\(error)" : "\(path) is of other work (\(error)); \(elsewhere), or remove it")
        }
    }
}
