// The one error of this target: a weight or configuration file that cannot be used.

import Files

/// A checkpoint or configuration that cannot be used; one line that says what, where and what to do.
public struct CheckpointError: Error, CustomStringConvertible, Sendable {
    /// The file or folder at fault.
    public let path: String
    /// What is wrong with it.
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason.singleLine
    }

    public var description: String { "\(path.singleLine): \(reason)" }
}

extension CheckpointError {
    init(_ error: FileError) {
        self.init(path: error.path, reason: error.reason)
    }
}
