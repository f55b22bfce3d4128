// `run.json`: what went in, what came out, how long it took, how good it is.

import Foundation

/// The record that a run leaves beside its results.
public struct RunRecord: Codable, Sendable {
    public struct Input: Codable, Sendable {
        public var path: String
        public var sha256: String
        public var width: Int
        public var height: Int
    }

    public struct Model: Codable, Sendable {
        public var part: String
        public var folder: String
        /// SHA-256 per weight file, by its path inside the folder.
        public var sha256: [String: String]
    }

    public struct Machine: Codable, Sendable {
        public var cpuTier: String
        public var openBLASCore: String
        public var threads: Int
        public var system: String
    }

    public struct Stage: Codable, Sendable {
        public var name: String
        public var seconds: Double
        public var outputs: [String]
    }

    public enum Status: String, Codable, Sendable {
        case running, interrupted, complete
    }

    public var tool = "lathe"
    public var version = LatheVersion.current
    public var command: String
    public var status: Status = .running
    public var options: LiftOptions
    public var input: Input
    public var models: [Model] = []
    public var machine: Machine
    public var seed: UInt64
    public var caption: String?
    public var stages: [Stage] = []
    public var scores: [String: Double] = [:]
    public var notes: [String] = []

    /// Reads `run.json` in a run directory.
    /// - Throws: `LatheError` (`badInput`) if it is missing or not a record.
    public static func load(fromRun folder: String) throws -> RunRecord {
        let path = "\(folder)/run.json"
        guard isFile(path) else {
            throw LatheError.badInput("\(folder) is not a run directory: it holds no run.json")
        }
        do {
            return try JSONDecoder().decode(RunRecord.self, from: try Disk.read(path))
        } catch let error as LatheError {
            throw error
        } catch {
            throw LatheError.badInput("\(path) is not a run record of this version; run the lift again")
        }
    }

    func save(inRun folder: String) throws {
        try Disk.write(try LatheJSON.encode(self), to: "\(folder)/run.json")
    }
}
