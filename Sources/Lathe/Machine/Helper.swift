// Optional helper programs.

import Foundation

/// Programs that are used where they are installed.
package enum Helper {
    static func find(_ name: String, in searchPath: [String]) -> String? {
        searchPath.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
