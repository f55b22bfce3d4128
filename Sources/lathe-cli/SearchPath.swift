// Where helper programs are looked for.

import Foundation
import Lathe

extension Helper {
    /// The folders of `PATH`.
    static var searchPath: [String] {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    }
}
