// The starter models, with which evaluations are tried out.

import Foundation
import Lathe

enum Starter {
    static let models = ModelSet(
        root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Models/starter").path)
}
