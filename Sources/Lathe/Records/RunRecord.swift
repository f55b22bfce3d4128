// `run.json`: inputs, outputs, timings and scores of a run.

import Files
import Foundation

/// The record of a run, `run.json`.
public struct RunRecord: Codable, Sendable {
    /// The picture that was lifted.
    public struct Input: Codable, Sendable {
        /// Path of the file.
        public var path: String
        /// SHA-256 of the file, hexadecimal.
        public var sha256: String
        /// Width of the upright picture, pixels.
        public var width: Int
        /// Height of the upright picture, pixels.
        public var height: Int
    }

    /// A model that was used.
    public struct Model: Codable, Sendable {
        /// Its part in the model set; see ``ModelSet/Part``.
        public var part: String
        /// Folder or file of the model.
        public var folder: String
        /// SHA-256 per weight file, by its path inside the folder.
        public var sha256: [String: String]
    }

    /// The machine that did the work.
    public struct Machine: Codable, Sendable {
        /// The kernels' instruction set tier.
        public var cpuTier: String
        /// The core type that OpenBLAS detected.
        public var openBLASCore: String
        /// Number of threads.
        public var threads: Int
        /// Operating system and version.
        public var system: String
    }

    /// A finished stage.
    public struct Stage: Codable, Sendable {
        /// Raw value of its ``LiftStage``.
        public var name: String
        /// Duration in seconds.
        public var seconds: Double
        /// Names of the files written, relative to the run directory.
        public var outputs: [String]
    }

    /// How far the run is.
    public enum Status: String, Codable, Sendable {
        /// Not finished; the run may be in progress or killed.
        case running
        /// Stopped with its work saved.
        case interrupted
        /// All stages are finished.
        case complete
    }

    /// Name of the program.
    public var tool = "lathe"
    /// Version of the program.
    public var version = LatheVersion.current
    /// The command, `lift`.
    public var command: String
    /// How far the run is.
    public var status: Status = .running
    /// The options, with defaults filled in.
    public var options: LiftOptions
    /// The picture.
    public var input: Input
    /// The models used so far.
    public var models: [Model] = []
    /// The machine.
    public var machine: Machine
    /// Seed of all random numbers.
    public var seed: UInt64
    /// The caption used, given or generated.
    public var caption: String?
    /// The finished stages in order.
    public var stages: [Stage] = []
    /// Scores by name: PSNR in dB, IoU 0 … 1, counts.
    public var scores: [String: Double] = [:]
    /// Azimuths of the object's planes of mirror symmetry, degrees from the photograph's viewing direction; empty where
    /// none is clear or used, nil in runs of earlier versions.
    public var symmetryPlanes: [Float]?
    /// Remarks on the selection, such as that it covers most of the picture; nil without any.
    public var selectionNotes: [String]?
    /// Remarks for the user.
    public var notes: [String] = []

    /// Reads `run.json` in a run directory.
    /// - Parameter folder: the run directory.
    /// - Throws: `LatheError` (`badInput`) if it is missing or not a record.
    /// - Returns: the record.
    public static func load(fromRun folder: String) throws -> RunRecord {
        let path = "\(folder)/run.json"
        guard isFile(path) else {
            throw LatheError.badInput("\(folder) is not a run directory: it holds no run.json")
        }
        let data = try Disk.read(path)
        do {
            return try JSONDecoder().decode(RunRecord.self, from: data)
        } catch {
            throw LatheError.badInput(
                "\(path) is not a run record of this version: \(JSONReason(error, in: data).text); run the lift again"
            )
        }
    }

    func save(inRun folder: String) throws {
        try Disk.write(try LatheJSON.encode(self), to: "\(folder)/run.json")
    }
}
