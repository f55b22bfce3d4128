// Programs that are used where they are installed.

import Foundation

/// Programs that are used when they are there.
public enum Helper {
    static func find(_ name: String, in searchPath: [String]) -> String? {
        searchPath.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
