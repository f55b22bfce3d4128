// What a machine offers to Lathe: processor, libraries, models, helpers on the path.

import Foundation

/// The findings of `lathe doctor`.
public struct Doctor: Codable, Sendable {
    public var version: String
    public var machine: RunRecord.Machine
    public var models: [String: String]
    public var missingModels: [String]
    public var ffmpeg: String?

    /// Looks at the machine.
    /// - Parameter searchPath: The folders that helper programs are looked for in.
    public static func examine(models: ModelSet, searchPath: [String]) -> Doctor {
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

    /// The findings for a person.
    public var lines: [String] {
        var lines = [
            "lathe \(version) on \(machine.system)",
            "processor tier    \(machine.cpuTier)",
            "OpenBLAS core     \(machine.openBLASCore)",
            "threads           \(machine.threads)",
            "ffmpeg            \(ffmpeg ?? "not found: films are GIF and PNG only; install ffmpeg for .mp4")",
        ]
        for part in ModelSet.Part.allCases {
            let name = part.rawValue.padding(toLength: 17, withPad: " ", startingAt: 0)
            lines.append(
                "\(name) \(models[part.rawValue] ?? "missing: give a folder with --models or \(part.option)")"
            )
        }
        return lines
    }
}
