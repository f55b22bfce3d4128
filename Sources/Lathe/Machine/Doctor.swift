// Reports the processor, libraries, models and helper programs of this machine.

import Foundation

/// The findings of `lathe doctor`.
package struct Doctor: Codable, Sendable {
    /// Version of Lathe.
    package var version: String
    /// Processor tier, OpenBLAS core, threads, operating system.
    package var machine: RunRecord.Machine
    /// Path of each model found, by part.
    package var models: [String: String]
    /// Parts without a model.
    package var missingModels: [String]
    /// Path of `ffmpeg`; nil if it was not found.
    package var ffmpeg: String?

    /// Examines the machine.
    /// - Parameters:
    ///   - models: the model set that is looked up.
    ///   - searchPath: folders in which helper programs are looked for.
    /// - Returns: the findings.
    package static func examine(models: ModelSet, searchPath: [String]) -> Doctor {
        var found: [String: String] = [:]
        for part in ModelSet.Part.allCases where models.has(part) {
            found[part.rawValue] = models.path(of: part)
        }
        return Doctor(
            version: LatheVersion.current,
            machine: .current,
            models: found,
            missingModels: ModelSet.Part.allCases.map(\.rawValue).filter { found[$0] == nil },
            ffmpeg: Helper.find("ffmpeg", in: searchPath))
    }
}
